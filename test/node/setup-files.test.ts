/**
 * What setup writes: a configuration with all its comments, and files of secrets.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { inProject, WORKER_CONFIG } from "../../src/cli/project.ts";
import { saveSecrets, withSecrets, withSecretsFile } from "../../src/cli/setup/secret-files.ts";
import { withValue } from "../../src/cli/setup/toml-edit.ts";

const DELIVERED = readFileSync(inProject(WORKER_CONFIG), "utf8");

/** The lines that a change added, and those that it removed. */
function difference(before: string, after: string | null) {
  const [old, fresh] = [before.split("\n"), (after ?? "").split("\n")];
  return {
    added: fresh.filter((line) => line !== "" && !old.includes(line)),
    removed: old.filter((line) => line !== "" && !fresh.includes(line)),
  };
}

describe("a value in a TOML file", () => {
  test("is added to the delivered configuration, in a table behind its relatives and their comments", () => {
    const added = withValue(DELIVERED, ["env", "us", "vars", "ACCOUNTS", "acme"], "region", "us") ?? "";
    expect(difference(DELIVERED, added)).toEqual({
      added: ["[env.us.vars.ACCOUNTS.acme]", 'region = "us"'],
      removed: [],
    });
    const rows = added.split("\n");
    const place = rows.indexOf("[env.us.vars.ACCOUNTS.acme]");
    expect(rows.slice(place - 2, place + 4)).toEqual([
      '# shop-de = { adapter = "shopify" }',
      "",
      "[env.us.vars.ACCOUNTS.acme]",
      'region = "us"',
      "",
      "[env.eu.observability]",
    ]);
  });

  const FILE = `# Head.
a = 1 # one
[t] # The table.
x = "a#b" # said
list = [
  1, # first
  2,
]
# End of t.

# About u.
[u.v]
y = 1
inline = { z = 1 }
`;

  test.each([
    ["replaces one, and keeps the comment behind it", ["t"], "x", "c", 'x = "c" # said'],
    ["replaces one that has several lines", ["t"], "list", [3], "list = [3]"],
    ["is added below the last of its table", ["t"], "new", true, "]\nnew = true\n# End of t.\n\n# About u."],
    ["is added in a table above others of its name", ["u"], "w", "1", 'inline = { z = 1 }\n\n[u]\nw = "1"\n'],
    [
      "is quoted where TOML asks for it",
      ["a b"],
      'k"',
      { "c d": ['"', "\u007f"] },
      '["a b"]\n"k\\"" = { "c d" = ["\\"", "\\u007f"] }',
    ],
    ["is written where there is nothing yet", ["n", "m"], "k", 0, "[n.m]\nk = 0\n"],
  ] as const)("%s", (_, table, key, value, expected) => {
    expect(withValue(FILE, table, key, value)).toContain(expected);
  });

  test("is left alone where it is the same already, however it is written", () => {
    expect(withValue(FILE, ["t"], "list", [1, 2])).toBe(FILE);
    expect(withValue(FILE, ["u", "v"], "inline", { z: 1 })).toBe(FILE);
  });

  test.each([
    ["a table in braces", ["u", "v", "inline"], "more"],
    ["a key that is no table", ["a"], "b"],
    ["a list", ["t", "list"], "0"],
  ] as const)("cannot be added to %s", (_, table, key) => {
    expect(withValue(FILE, table, key, 9)).toBeNull();
  });

  test("changes nothing else, wherever it is written and whatever it is", () => {
    const word = fc.string({
      minLength: 1,
      maxLength: 6,
      unit: fc.constantFrom("a", "b", "-", ".", "#", '"', "é", "\n", "\u0000"),
    });
    const { value } = fc.letrec<{ value: string | number | boolean | unknown[] | object }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        word,
        fc.integer({ min: -99, max: 99 }),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(word, tie("value"), { maxKeys: 3 }),
      ),
    }));
    const written = fc.array(fc.record({ table: fc.array(word, { minLength: 1, maxLength: 3 }), key: word, value }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(written, (changes) => {
        let text = DELIVERED;
        for (const change of changes) {
          const next = withValue(text, change.table, change.key, JSON.parse(JSON.stringify(change.value)));
          // Where an earlier change made something else of this place.
          if (next === null) continue;
          expect(difference(text, next).removed.filter((line) => line.startsWith("#"))).toEqual([]);
          expect(parse(next)).not.toEqual({});
          text = next;
        }
        expect(text).not.toBe(DELIVERED);
      }),
    );
  });
});

describe("secrets", () => {
  test("are added to a file, or replaced in it, and its comments stay", () => {
    const text = `# Ours.\nA=1 # one\nexport B="2\n3"\nC=4`;
    expect(withSecrets(text, { A: "1" })).toBe(`${text}\n`);
    expect(withSecrets(text, { B: "x y", D: "#" })).toBe(`# Ours.\nA=1 # one\nB='x y'\nC=4\nD='#'\n`);
  });

  test("are read as they were written, whatever they are", () => {
    const secret = fc
      .string({ maxLength: 12, unit: fc.constantFrom("a", "1", "=", "#", "'", '"', "\\", "n", "$", "{", " ", "\n", "é") })
      .filter((value) => !["'", '"'].every((mark) => value.includes(mark)));
    const names = fc.constantFrom("A", "AB", "B_SECRET");
    const files = fc.array(fc.dictionary(names, secret), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(files, (changes) => {
        const text = changes.reduce(withSecrets, "# Head.\n");
        expect(parseEnv(text)).toEqual(Object.assign({}, ...changes));
        expect(text.startsWith("# Head.\n")).toBe(true);
      }),
    );
  });

  test("stand in a file that only its owner can read, and one for a deployment is gone afterwards", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
    try {
      saveSecrets(join(directory, ".dev.vars"), { A: "1" });
      expect(readdirSync(directory)).toEqual([".dev.vars"]);
      expect(statSync(join(directory, ".dev.vars")).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(directory, { recursive: true });
    }
    const path = await withSecretsFile({ A: "1" }, async (file) => {
      expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ A: "1" });
      return file;
    });
    expect(existsSync(dirname(path))).toBe(false);
    const failed: string[] = [];
    await expect(
      withSecretsFile({}, async (file) => {
        failed.push(file);
        throw new TypeError("broken");
      }),
    ).rejects.toThrow("broken");
    expect(failed.filter((file) => existsSync(dirname(file)))).toEqual([]);
  });
});
