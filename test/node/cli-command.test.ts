/**
 * What all commands have in common: their definitions, help, "did you mean", and exit codes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { defineCommand } from "../../src/cli/command.ts";
import { EXAMPLE_EVENT, EXAMPLE_SOURCE } from "../../src/cli/examples.ts";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { findFixture } from "../../src/cli/fixtures.ts";
import { commandLine, renderList } from "../../src/cli/help.ts";
import { nearest } from "../../src/cli/nearest.ts";
import { inProject } from "../../src/cli/project.ts";
import { loadCommands } from "../../src/cli/start.ts";
import { endAll, runHere, runProcess } from "./command-line.ts";
import { importsOf, resolveImport, syntaxOf, textOf } from "./source-code.ts";

const commands = await loadCommands();
const documentation = textOf("docs/commands.md");

test("each file of commands is one command, which is listed and is a script of npm", () => {
  const files = readdirSync(inProject("src/cli/commands"));
  expect(commands.map(({ name }) => `${name.replace(":", "-")}.ts`).sort()).toEqual(files.sort());
  const { scripts } = z.looseObject({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf("package.json")));
  const names = [...commands.map(({ name }) => name), "help"].sort();
  expect(scripts).toEqual(Object.fromEntries(names.map((name) => [name, `node src/cli/main.mjs ${name}`])));
});

afterAll(endAll);

test("npx finds them in the project, without the internet", async () => {
  const cache = mkdtempSync(join(tmpdir(), "tributary-test-"));
  try {
    const npx = spawnSync("npx", ["--offline", "--cache", cache, "tributary", "plan", "chekc"], {
      cwd: inProject("docs"),
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    expect([npx.status, npx.stderr]).toEqual([2, expect.stringContaining('There is no action "chekc". Did you mean check?')]);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});

describe("help", () => {
  test.each(commands.map((command) => [command.name, command] as const))(
    "of %s is what docs/commands.md has",
    async (name, command) => {
      const said = vi.spyOn(console, "log").mockReturnValue();
      try {
        expect(await command.run(["--help"], loadCommands)).toBe("ok");
        const help = String(said.mock.calls[0]?.[0]);
        expect(documentation).toContain(`### ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`);
        expect(help).toContain("\nExamples:\n");
        expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
        for (const example of Object.keys(command.examples)) expect(help).toContain(`\n  ${commandLine(command, example)}\n`);
      } finally {
        said.mockRestore();
      }
    },
  );

  test("is printed by a process, for a command and for all of them", async () => {
    const list = renderList(commands);
    expect(list.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const args of [["--help"], ["help"]])
      expect(await runHere(...args)).toEqual({ code: 0, output: `${list}\n`, errors: "" });
    expect(await runProcess(["help"])).toEqual({ code: 0, output: `${list}\n`, errors: "" });
    expect(await runProcess(["send", "-h", "--nonsense"])).toMatchObject({
      code: 0,
      output: expect.stringContaining("Usage:"),
      errors: "",
    });
  });

  test("has examples that are there", () => {
    expect(findFixture(EXAMPLE_SOURCE, EXAMPLE_EVENT)).not.toBeNull();
  });
});

describe("did you mean", () => {
  test.each([
    [["dmeo"], 'There is no command "dmeo". Did you mean demo?'],
    [["poeple"], "Did you mean people?"],
    [["toString"], 'There is no command "toString".\n'],
    [["send", EXAMPLE_SOURCE, EXAMPLE_EVENT, "--tampr"], "There is no option --tampr. Did you mean --tamper?"],
    [["dead", "list", "--sourcs=a"], "There is no option --sourcs. Did you mean --source?"],
    [["dead", "lsit"], 'There is no action "lsit". Did you mean list?'],
    [["erase", "--email", "a@example.com", "--customerio", "delte"], "Did you mean delete?"],
    [["erase", "lft", "--email", "a@example.com"], 'There is no action "lft". Did you mean lift?'],
    [["erase", "lift"], "Exactly one of --user-id, --email and --id."],
    [["erase", "lift", "--email", "a@example.com", "--customerio", "delete"], "lift tells Customer.io nothing."],
    [["people", "explian", "u_1"], 'There is no action "explian". Did you mean explain?'],
    [["people", "explain"], "Who? A user id, an address, or source:kind:id."],
    [["people", "conflicts", "mrge", "1"], 'There is no decision "mrge". Did you mean merge?'],
    [["people", "conflicts", "merge"], "Which conflict? merge takes one number."],
    [["people", "conflicts", "dismiss", "1", "2"], "Which conflict? dismiss takes one number."],
    [["send", `${EXAMPLE_SOURCE}e`, EXAMPLE_EVENT], `Did you mean ${EXAMPLE_SOURCE}?`],
    [["send", EXAMPLE_SOURCE, "invoice.payd"], 'There is no sample of "invoice.payd". Did you mean invoice.paid?'],
    [["send", EXAMPLE_SOURCE, EXAMPLE_EVENT, "--account", "dmo"], "Did you mean demo?"],
    [["golden", `${EXAMPLE_SOURCE}e`], `Did you mean ${EXAMPLE_SOURCE}?`],
  ])("%j ends with 2", async (args, says) => {
    const { code, output, errors } = await runHere(...args);
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toContain(says);
  });

  test("names a word that is near, and none where none is", () => {
    expect(nearest("replya", ["list", "replay"])).toBe("replay");
    expect(nearest("STRIPE", ["stripe"])).toBe("stripe");
    expect(nearest("xyz", ["list", "replay"])).toBeNull();
    expect(nearest("", ["list"])).toBeNull();
  });

  test("finds a word again after any one mistake", () => {
    const word = fc.stringMatching(/^[a-z]{5,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.stringMatching(/^[0-9]$/), (right, place, other) => {
        const at = place % (right.length - 1);
        const [before, after] = [right.slice(0, at), right.slice(at)];
        const swapped = before + right[at + 1] + right[at] + right.slice(at + 2);
        const mistakes = [before + after.slice(1), before + other + after, before + other + after.slice(1), swapped];
        for (const typed of mistakes) expect(nearest(typed, ["00000000", right])).toBe(right);
      }),
    );
  });
});

describe("a definition", () => {
  test("gives typed values, and hands the rest to a tool where it has one", async () => {
    const seen = vi.fn();
    const command = defineCommand({
      name: "acme",
      group: "Try it",
      summary: "Try",
      usage: { "": "" },
      options: {
        count: { type: "string", default: "1", description: "A number." },
        fast: { type: "boolean", short: "f", default: false, description: "A switch." },
      },
      passesTo: "a tool",
      examples: {},
      run: async ({ values, others }) => {
        const typed: { count: string; fast: boolean } = values;
        seen(typed, others);
        return "ok";
      },
    });
    const args = ["path", "-t", "a word", "--count", "2", "--reporter=dot", "--fast", "--", "--count"];
    expect(await command.run(args, loadCommands)).toBe("ok");
    expect(seen).toHaveBeenCalledWith({ count: "2", fast: true }, ["path", "-t", "a word", "--reporter=dot", "--", "--count"]);
  });

  test("loads no adapter: with a broken registry the command that writes it anew still starts", () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path) || !path.startsWith("src/cli/")) return;
      reached.add(path);
      for (const { specifier, node } of importsOf(syntaxOf(textOf(path))))
        if (node.type === "ImportDeclaration" && node.importKind !== "type" && specifier.startsWith("."))
          visit(resolveImport(path, specifier));
    };
    for (const file of readdirSync(inProject("src/cli/commands"))) visit(`src/cli/commands/${file}`);
    expect(reached.size).toBeGreaterThan(30);
    expect(reached).not.toContain("src/cli/registry.ts");
  });
});

describe("exit codes", () => {
  const server = createServer((request, response) => {
    const [, status = ""] = /^\/api\/v1\/accounts\/(\w+)/.exec(request.url ?? "") ?? [];
    if (status === "broken") {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    } else if (status === "reset") request.socket.destroy();
    else if (status === "text") response.end("hello");
    else if (/^\d+$/.test(status)) response.writeHead(Number(status)).end("{}");
    else response.end(JSON.stringify({ letters: [], total: 0, next: null }));
  });
  let url = "";

  beforeAll(async () => {
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("are these, for scripts rely on them", () => {
    expect(Object.entries(EXIT_CODES).map(([exit, { code }]) => [code, exit])).toEqual([
      [0, "ok"],
      [1, "failed"],
      [2, "usage"],
      [3, "not allowed"],
      [4, "not reachable"],
    ]);
    for (const [exit, { code, meaning }] of Object.entries(EXIT_CODES))
      expect(documentation).toContain(`| ${code} | ${exit} | ${meaning} |`);
  });

  test.each([
    ["acme", 0],
    ["400", 2],
    ["401", 3],
    ["403", 3],
    ["404", 1],
    ["500", 1],
    ["text", 1],
    ["reset", 4],
    ["broken", 4],
  ])("an operator's command whose Worker answers %s ends with %i", async (account, code) => {
    const ending = await runHere("dead", "list", "--to", url, "--account", account);
    expect([ending.code, ending.errors === ""]).toEqual([code, code === 0]);
  });

  test("are the same for every operator's command", async () => {
    for (const args of [
      ["erase", "status"],
      ["people", "export"],
      ["people", "pull", "a"],
      ["people", "explain", "u_1"],
      ["people", "conflicts"],
      ["people", "conflicts", "dismiss", "1"],
      ["erase", "lift", "--user-id", "u_1"],
    ]) {
      expect(await runHere(...args, "--to", url, "--account", "403")).toMatchObject({ code: 3, output: "" });
    }
    for (const args of [
      ["erase", "compact"],
      ["people", "export"],
      ["dead", "discard", "--all"],
    ]) {
      expect(await runHere(...args, "--to", "http://127.0.0.1:9")).toMatchObject({ code: 4, output: "" });
    }
    expect(await runHere("dead", "list", "--to", "nonsense")).toMatchObject({ code: 2, output: "" });
    expect(await runProcess(["dead", "list", "--to", url, "--account", "403"])).toMatchObject({ code: 3, output: "" });
  });
});
