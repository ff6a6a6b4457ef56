/**
 * Completion: what may stand at the end of a line follows from the definitions of the commands, and a shell offers it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { directoryAccounts, directorySources } from "../../src/cli/completion/directory-accounts.ts";
import { completionScript, type Program } from "../../src/cli/completion/scripts.ts";
import { type Known, suggest } from "../../src/cli/completion/suggest.ts";
import { inProject } from "../../src/cli/project.ts";
import { loadCommands } from "../../src/cli/start.ts";
import { runHere } from "./command-line.ts";

const commands = await loadCommands();

const known: Known = {
  profiles: () => ["local", "us"],
  accounts: () => ["demo", "acme"],
  directoryAccounts: () => ["acme", "of-the-directory"],
  directorySources: (account) => [`a source of ${account} in the directory`],
  sources: (account) => [`a source of ${account}`],
  events: (source, account) => [`an event of ${source} of ${account}`],
  adapters: () => ["an adapter"],
  families: () => ["a family"],
};

/** What may stand where the line ends. */
function wordsAfter(line: string): readonly string[] | "files" {
  const found = suggest(line.split(" "), commands, known);
  return found === "files" ? found : found.map(({ value }) => value);
}

describe("what is suggested", () => {
  test("are the commands, each with what it does", () => {
    const names = [...commands.map(({ name }) => name), "help"];
    for (const line of ["", "sen"]) expect(wordsAfter(line)).toEqual(names);
    expect(suggest([""], commands, known)).toContainEqual({
      value: "demo",
      text: expect.stringContaining("Run everything once"),
    });
    expect([wordsAfter("help "), wordsAfter("no-such-command ")]).toEqual([names.slice(0, -1), []]);
  });

  test.each(commands.map((command) => [command.name, command] as const))("for %s are its options", (name, { options }) => {
    const all = [...Object.keys(options), "help"].map((option) => `--${option}`);
    expect(wordsAfter(`${name} -`)).toEqual(all);
    const [first, definition] = Object.entries(options)[0] ?? [];
    if (first === undefined || definition?.multiple || definition?.type !== "boolean") return;
    expect(wordsAfter(`${name} --${first} -`)).toEqual(all.slice(1));
  });

  test.each([
    ["send ", ["a source of null"]],
    ["send --account acme ", ["a source of acme"]],
    ["send stripe ", ["an event of stripe of null"]],
    ["send --account=acme stripe inv", ["an event of stripe of acme"]],
    ["send stripe invoice.paid --account ", ["demo", "acme", "of-the-directory"]],
    ["accounts show ", ["acme", "of-the-directory"]],
    ["accounts secret add ", ["acme", "of-the-directory"]],
    ["accounts set-source ", ["acme", "of-the-directory"]],
    ["accounts secret add acme ", ["a source of acme in the directory"]],
    ["accounts set-source acme ", ["a source of acme in the directory"]],
    ["accounts remove-source acme ", ["a source of acme in the directory"]],
    ["send stripe --profile ", ["local", "us"]],
    ["send stripe --profile=l", ["--profile=local", "--profile=us"]],
    ["send stripe --file ", "files"],
    ["send stripe --count ", []],
    ["map stripe ", "files"],
    ["plan ", ["check"]],
    ["plan check ", "files"],
    ["plan --vendors ", ["an adapter"]],
    ["deploy ", ["us", "eu"]],
    ["doctor --env ", ["us", "eu"]],
    ["dead ", ["list", "show", "replay", "discard"]],
    ["dead list --source ", ["a source of null"]],
    ["new x --family ", ["a family"]],
    ["golden ", ["an adapter"]],
    ["completion ", ["bash", "zsh", "fish", "suggest"]],
    ["test ", "files"],
  ])("after %j", (line, words) => {
    expect(wordsAfter(line)).toEqual(words);
  });

  test("are options where no word can follow", () => {
    expect(wordsAfter("dev ")).toContain("--env");
    expect(wordsAfter("deploy us ")).toContain("--dry-run");
  });
});

describe("accounts of a directory", () => {
  const page = (names: readonly string[], next: string | null) => ({
    next,
    total: 3,
    accounts: names.map((name) => ({
      ...{ name, was: [], region: "us", sources: 0, secrets: 0, changedAt: 0, declared: false },
    })),
  });

  /** What is suggested after a line, with a Worker at its end that answers so. */
  async function offered(
    words: readonly string[],
    answer: (url: string) => unknown,
    ask: (words: readonly string[]) => Promise<readonly string[]> = directoryAccounts,
  ): Promise<readonly string[]> {
    const server = createServer((request, response) => {
      const json = answer(`${request.url} ${request.headers.authorization}`);
      if (json === undefined) return;
      response.writeHead(json === null ? 503 : 200).end(JSON.stringify(json));
    });
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const address = server.address();
    const to = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    try {
      return await ask(words.map((word) => word.replace("TO", to)));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test("are those of the Worker that the line names, page by page", async () => {
    const pages: Readonly<Record<string, unknown>> = {
      "/api/v1/directory?cursor=": page(["one", "two"], "two"),
      "/api/v1/directory?cursor=two": page(["three"], null),
    };
    const answer = (asked: string) => pages[asked.split(" ")[0] ?? ""] ?? null;
    for (const words of [
      ["accounts", "show", "--to", "TO", ""],
      ["dead", "list", "--to=TO", "--account", ""],
    ])
      expect(await offered(words, answer)).toEqual(["one", "two", "three"]);
  });

  test("have the sources that it shows", async () => {
    const sourceOf = (name: string) => ({ name, ok: true, adapter: "an adapter", path: `/hooks/acme/${name}` });
    const account = {
      ...{ name: "acme", id: "acme", was: [], revision: 1, addedAt: 0, changedAt: 0, account: {}, ok: true, findings: [] },
      ...{ sources: ["shop", "billing"].map(sourceOf), secrets: [], tokens: [] },
    };
    const answer = (asked: string) => (asked.startsWith("/api/v1/directory/acme ") ? { account } : null);
    const of = (name: string) => (words: readonly string[]) => directorySources(words, name);
    const words = ["accounts", "secret", "add", "--to", "TO", "acme", ""];
    expect(await offered(words, answer, of("acme"))).toEqual(["shop", "billing"]);
    expect(await offered(words, answer, of("nobody"))).toEqual([]);
  });

  test("are none where it refuses, or does not answer at once", async () => {
    expect(await offered(["accounts", "show", "--to", "TO", ""], () => null)).toEqual([]);
    expect(await offered(["accounts", "show", "--to", "TO", ""], () => undefined)).toEqual([]);
    expect(await offered(["accounts", "show", "--profile", "no-such-profile", ""], () => null)).toEqual([]);
  });
});

test("what is looked up is that of the project", async () => {
  const after = async (...words: readonly string[]) =>
    (await runHere("completion", "suggest", "--", ...words)).output.trim().split("\n");
  expect(await after("send", "")).toEqual(expect.arrayContaining(["stripe", "shopify"]));
  expect(await after("send", "stripe", "")).toContain("invoice.paid");
  expect(await after("send", "stripe", "--account", "")).toEqual(["demo", "demo-eu"]);
  expect(await after("send", "stripe", "--profile", "")).toContain("local");
  expect(await after("golden", "")).toContain("stripe");
  expect(await after("new", "x", "--family", "")).toContain("hmac");
  expect(await after("plan", "check", "")).toEqual([":files"]);
  expect(await after("no-such-command", "")).toEqual([""]);
});

describe("a script", () => {
  const program: Program = { node: "/opt/it's here/node", main: "/opt/it's here/main.mjs" };

  test.each(["bash", "zsh", "fish"] as const)("of %s calls the program by its path, whatever is in it", (shell) => {
    const script = completionScript(shell, program);
    expect(script).toContain(`'/opt/it'\\''s here/node' '/opt/it'\\''s here/main.mjs'`);
    expect(script).toContain("completion suggest -- ");
  });

  test("is printed for a shell that there is", async () => {
    expect(await runHere("completion", "bash")).toMatchObject({
      code: 0,
      output: `${completionScript("bash", { node: process.execPath, main: inProject("src/cli/main.mjs") })}\n`,
    });
    expect(await runHere("completion", "fissh")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("Did you mean fish?"),
    });
    expect(await runHere("completion")).toMatchObject({ code: 2, errors: expect.stringContaining("Which shell?") });
  });

  test("makes bash offer the words, also those with a colon or an equals sign", () => {
    const directory = mkdtempSync(join(tmpdir(), "tributary test's-"));
    try {
      // A path that must be quoted, to the real program.
      symlinkSync(inProject("src/cli/main.mjs"), join(directory, "main.mjs"));
      const script = completionScript("bash", { node: process.execPath, main: join(directory, "main.mjs") });
      writeFileSync(join(directory, "completion.bash"), script);
      // As bash calls it: the words are the line's, broken at its word breaks.
      const cases = [
        { line: "tributary plan ch", words: ["tributary", "plan", "ch"] },
        { line: "tributary test:f", words: ["tributary", "test", ":", "f"] },
        { line: "tributary test:", words: ["tributary", "test", ":"] },
        { line: "tributary doctor --env=e", words: ["tributary", "doctor", "--env", "=", "e"] },
        { line: "tributary send stripe invoice.paid.t", words: ["tributary", "send", "stripe", "invoice.paid.t"] },
        { line: "tributary deploy ", words: ["tributary", "deploy", ""] },
      ];
      const calls = cases.map(
        ({ line, words }) => `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=${words.length - 1}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); _tributary; echo "\${COMPREPLY[*]}"`,
      );
      const bash = spawnSync("bash", ["--norc", "-c", `source ./completion.bash\ntype -t tributary\n${calls.join("\n")}`], {
        cwd: directory,
        encoding: "utf8",
      });
      expect([bash.stderr, bash.stdout.trim().split("\n")]).toEqual([
        "",
        ["function", "check", "faults", "faults", "eu", "invoice.paid.trial", "us eu"],
      ]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
