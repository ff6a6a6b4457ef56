/**
 * What the README shows is what there is.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { FAMILIES, renderNewAdapter } from "../../src/cli/templates.ts";
import { eventsIn, toldBy } from "../../src/cli/told.ts";
import { PLAN } from "../../src/vocabulary/plan.schema.ts";
import { ADAPTERS } from "../support/registry.ts";
import { textOf } from "./source-code.ts";

const readme = textOf("README.md");
const folded = (text: string): string => text.replace(/\s+/g, " ");

test("the small adapter is the one that npm run new writes", () => {
  const shown = /<!-- adapter -->\n```ts\n(.*?)```\n<!-- \/adapter -->/s.exec(readme)?.[1] ?? "";
  const { hmac } = FAMILIES;
  expect(folded(shown)).toBe(folded(hmac ? renderNewAdapter("acme", hmac) : ""));
});

describe("the plan", () => {
  const shown = /<!-- plan -->\n```\n(.*?)```\n<!-- \/plan -->/s.exec(readme)?.[1] ?? "";
  const lines = [...shown.matchAll(/^(\S+) +(\S+) +[┐├┘](?:─▶ +([A-Z]\w+ [A-Z]\w+) +(.*) …)?$/gm)];
  const events = lines.flatMap(([, , , event = "", properties = ""]) =>
    event === "" ? [] : [{ event, properties: properties.split(", ") }],
  );
  // The event stands in the middle of the three lines that it is about.
  const rows = lines.map(([, vendor = "", type = ""], index) => ({ vendor, type, ...events[Math.floor(index / 3)] }));

  test("is shown in six lines", () => {
    expect(rows).toHaveLength(6);
    expect(events).toHaveLength(2);
  });

  test.each(rows)("$vendor $type becomes $event", ({ vendor, type, event }) => {
    const adapter = [...ADAPTERS.values()].find(({ name }) => name === vendor);
    const told = eventsIn(toldBy(adapter?.id ?? ""));
    expect(told.find((one) => one.event === event)?.types).toContain(type);
  });

  test.each(events)("$event has these properties", ({ event, properties }) => {
    const { required, optional } = PLAN.get(event) ?? { required: {}, optional: {} };
    expect(properties.filter((name) => !(name in required || name in optional))).toEqual([]);
  });
});

describe("commands", () => {
  const scripts = z.looseObject({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf("package.json"))).scripts;
  const named = [
    ...new Set([...readme.matchAll(/(?:npx tributary|npm(?: run)?) ([a-z][a-z:-]*)/g)].map(([, name]) => name ?? "")),
  ].filter((name) => name !== "ci");

  test.each(named)("%s is there", (name) => {
    expect(Object.keys(scripts)).toContain(name);
  });

  test.each([...readme.matchAll(/npx tributary send (\S+) (\S+)/g)].map(([, source = "", event = ""]) => [source, event]))(
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
