/**
 * What an operator is told about upgrading and deploying is what the project does.
 */
import { existsSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { inProject, readWranglerConfig, WORKER_CONFIG } from "../../src/cli/project.ts";
import { type Owner, ownerOf } from "./ownership.ts";
import { projectFiles, textOf } from "./source-code.ts";

describe("whose files are whose", () => {
  test.each<readonly [string, Owner]>([
    ["wrangler.toml", "yours"],
    [".dev.vars", "yours"],
    ["data/state/AccountObject/a.sqlite", "yours"],
    ["adapters/acme.ts", "yours"],
    ["adapters/acme/plan.schema.ts", "yours"],
    ["adapters/acme.md", "generated"],
    ["test/money/acme.ts", "yours"],
    ["adapters/stripe.ts", "ours"],
    ["adapters/stripe/catalogue.ts", "ours"],
    ["test/golden/stripe/invoice.paid.json", "ours"],
    ["src/app.ts", "ours"],
  ])("%s: %s", (path, owner) => {
    expect(ownerOf(path)).toBe(owner);
  });
});

describe("the deploy button", () => {
  const manifest = z
    .looseObject({
      description: z.string(),
      scripts: z.record(z.string(), z.string()),
      cloudflare: z.strictObject({
        label: z.string(),
        products: z.array(z.string()).min(1).max(3),
        bindings: z.record(z.string(), z.strictObject({ description: z.string().min(20).max(200) })),
      }),
    })
    .parse(JSON.parse(textOf("package.json")));

  test("finds a description of each binding, and of nothing else", () => {
    const { env } = readWranglerConfig(WORKER_CONFIG);
    const bound = Object.values(env).flatMap(({ durable_objects }) => durable_objects.bindings.map(({ name }) => name));
    expect(Object.keys(manifest.cloudflare.bindings).sort()).toEqual([...new Set(bound)].sort());
  });

  // It asks for each variable of this file, and would deploy the value that the file has.
  test("finds no secret with a value", () => {
    expect(parseEnv(textOf(".dev.vars.example"))).toEqual({});
  });

  test("finds its commands, a lock file, and the part of the README that Cloudflare shows", () => {
    expect(manifest.scripts).toMatchObject({ build: expect.any(String), deploy: expect.any(String) });
    expect(existsSync(inProject("package-lock.json"))).toBe(true);
    const shown = /<!-- dash-content-start -->\n(.*)<!-- dash-content-end -->/s.exec(textOf("README.md"))?.[1] ?? "";
    expect(shown.length).toBeGreaterThan(500);
    // Cloudflare's rule for that part: no commands, no images.
    expect(shown).not.toMatch(/```sh|!\[/);
  });

  test("leads to Cloudflare, and says where its placeholder is", () => {
    const readme = textOf("README.md");
    const url = URL.parse(/\]\((https:\/\/deploy\.workers\.cloudflare\.com\/\?url=[^)]+)\)/.exec(readme)?.[1] ?? "");
    expect(URL.parse(url?.searchParams.get("url") ?? "")?.hostname).toMatch(/^git(hub|lab)\.com$/);
    if (url?.search.includes("OWNER")) expect(readme).toContain("`OWNER` is a placeholder");
  });
});

describe("the workflow", () => {
  const workflow = textOf(".github/workflows/deploy.yml");

  test("pins every action by its commit, with the version beside it", () => {
    const uses = [...workflow.matchAll(/uses: *(.*)$/gm)].map(([, action = ""]) => action);
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may read the repository, and nothing else", () => {
    expect(workflow).toMatch(/^permissions: \{\}$/m);
    const granted = [...workflow.matchAll(/^ {4}permissions:\n((?: {6}.*\n)+)/gm)].map(([, lines]) => lines?.trim());
    expect(granted).toEqual(["contents: read", "contents: read"]);
    expect([...workflow.matchAll(/persist-credentials: false/g)]).toHaveLength(2);
  });

  // What is expanded into a script is run by it.
  test("puts no expression into a script", () => {
    const scripts = [...workflow.matchAll(/run: *(.*)$/gm)].map(([, script = ""]) => script);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    const { scripts: known } = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf("package.json")));
    for (const script of scripts) {
      const name = /^(?:npx tributary|npm run|npm) (\w+)/.exec(script)?.[1];
      if (name !== undefined && name !== "ci") expect(Object.keys(known)).toContain(name);
    }
  });

  test("has the names that its description tells an operator to set", () => {
    const page = textOf("docs/cloudflare.md");
    const names = [...workflow.matchAll(/(?:vars|secrets)\.([A-Z_]+)/g)].map(([, name = ""]) => name);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("self-hosting", () => {
  const image = textOf("Dockerfile");
  const unit = textOf("deploy/tributary.service");

  test("the image is made of what its context lets in, and that is no secret and no data", () => {
    const lines = textOf(".dockerignore").split("\n");
    expect(lines.filter((line) => !line.startsWith("#"))[0]).toBe("*");
    const admitted = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1).replace(/\/$/, ""));
    const copied = [...image.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = ""]) => paths.split(" "));
    expect(copied.sort()).toEqual(admitted.sort());
    for (const path of copied) expect(["adapters", "src", ...projectFiles(), ".npmrc"]).toContain(path);
  });

  test("the image runs as another user than root, writes to its volume alone, and listens where it says", () => {
    expect(image).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(image).toMatch(/^VOLUME \/data$/m);
    const [, run = "[]"] = /^CMD (\[.*\])$/m.exec(image) ?? [];
    const args = z.array(z.string()).parse(JSON.parse(run));
    expect(args[0]).toBe("selfhost");
    expect(args[args.indexOf("--data") + 1]).toBe("/data");
    expect(image).toContain(`EXPOSE ${args[args.indexOf("--port") + 1]}\n`);
  });

  test("what self-hosting loads is installed without the tools of development", () => {
    const { dependencies } = z
      .looseObject({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(textOf("package.json")));
    const files = projectFiles().filter((path) => /^(src|adapters)\/.*\.tsx?$/.test(path) && !/^src\/cli\/setup\//.test(path));
    const imported = files.flatMap((path) =>
      [...textOf(path).matchAll(/^(?:import|export) (?!type).*? from "([^".][^"]*)";$/gm)].map(([, name = ""]) => name),
    );
    const packages = new Set(
      imported.filter((name) => !/^(node|cloudflare):/.test(name)).map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]),
    );
    expect([...packages].filter((name) => !(name !== undefined && name in dependencies))).toEqual([]);
    expect(packages.size).toBeGreaterThan(4);
  });

  test("the unit gives the signal to the command, and time to answer what is open", () => {
    expect(unit).toMatch(/^KillMode=mixed$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(10);
    expect(unit).toMatch(/^ExecStart=\/opt\/tributary\/node_modules\/\.bin\/node src\/cli\/main\.mjs selfhost /m);
  });
});
