/**
 * What docs/security.md says was tried: each test that it names is there.
 */
import { describe, expect, test } from "vitest";
import { isNode, syntaxOf, textOf } from "./source-code.ts";

const page = textOf("docs/security.md");

/** Rows of the table: what was tried, what happens, and the test that holds it. */
const rows = page
  .split("\n")
  .filter((line) => /^\| (?!tried )/.test(line))
  .map((line) => line.slice(2, -2).split(" | "));

/** The titles of the tests and their groups in a file. */
function titlesOf(path: string): readonly string[] {
  return syntaxOf(textOf(path)).flatMap((node) => {
    const [title] = Array.isArray(node.arguments) ? node.arguments.filter(isNode) : [];
    const isTest = node.type === "CallExpression" && ["test", "describe"].includes(rootOf(node.callee));
    return isTest && title?.type === "Literal" && typeof title.value === "string" ? [title.value] : [];
  });
}

/** The name that a callee begins with: `test` of `test.each(…)`. */
function rootOf(callee: unknown): string {
  if (!isNode(callee)) return "";
  const inner: Readonly<Record<string, unknown>> = { CallExpression: callee.callee, MemberExpression: callee.object };
  return callee.type === "Identifier" ? String(callee.name) : rootOf(inner[callee.type]);
}

describe("the table of what was tried", () => {
  test("has rows of three cells, none twice", () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((cells) => cells.length !== 3 || cells.some((cell) => cell.trim() === ""))).toEqual([]);
    const tried = rows.map(([what]) => what);
    expect(new Set(tried).size).toBe(tried.length);
  });

  test("names tests that are in the repository", () => {
    const titles = new Map<string, readonly string[]>();
    const missing = rows.filter(([, , held = ""]) => {
      const [, path = "", title = ""] = /^`(test\/[\w/-]+\.test\.ts)` › (.+)$/.exec(held) ?? [];
      if (path === "") return true;
      const known = titles.get(path) ?? titlesOf(path);
      titles.set(path, known);
      return !known.includes(title);
    });
    expect(missing).toEqual([]);
  });

  test("would notice a test that is missing", () => {
    const own = titlesOf("test/node/security.test.ts");
    expect(own).toContain("would notice a test that is missing");
    expect(own).not.toContain("names tests that are not in the repository");
  });
});
