/**
 * What the README shows is what there is.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { FAMILIES, renderNewAdapter } from "../../src/cli/templates.ts";
import { ADAPTERS } from "../support/registry.ts";
import { textOf } from "./source-code.ts";

const readme = textOf("README.md");
const folded = (text: string): string => text.replace(/\s+/g, " ");

test("the small adapter is the one that npm run new writes", () => {
  const shown = /<!-- adapter -->\n```ts\n(.*?)```\n<!-- \/adapter -->/s.exec(readme)?.[1] ?? "";
  const { hmac } = FAMILIES;
  expect(folded(shown)).toBe(folded(hmac ? renderNewAdapter("acme", hmac) : ""));
});

describe("commands", () => {
  const scripts = z.looseObject({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf("package.json"))).scripts;
  const named = [...new Set([...readme.matchAll(/npm (?:run )?([a-z][a-z:-]*)/g)].map(([, name]) => name ?? ""))].filter(
    (name) => name !== "ci",
  );

  test.each(named)("npm run %s is there", (name) => {
    expect(Object.keys(scripts)).toContain(name);
  });

  test.each([...readme.matchAll(/npm run send -- (\S+) (\S+)/g)].map(([, source = "", event = ""]) => [source, event]))(
    "%s has the event %s",
    (source, event) => {
      expect(ADAPTERS.get(source)?.types).toContain(event);
    },
  );
});

test("links lead to files", () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, path]) => path ?? "");
  expect(links.length).toBeGreaterThan(3);
  for (const path of links.filter((path) => path !== "docs/decisions")) expect(textOf(path).length, path).toBeGreaterThan(0);
});
