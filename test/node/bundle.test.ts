/**
 * What is uploaded: its modules, and what is left out of them.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bundle, ENTRIES, modulesOf } from "../../src/cli/bundle.ts";
import { ADAPTERS } from "../../src/cli/registry.ts";
import { GUIDES } from "../../src/console/guides.ts";

const folder = mkdtempSync(join(tmpdir(), "tributary-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function made(name: string, adapters: ReadonlySet<string> | null) {
  const built = await bundle(ENTRIES.worker, join(folder, name), true, adapters);
  if (!built.ok) throw new Error(built.output);
  const modules = modulesOf(built.file);
  const code = modules.map((module) => readFileSync(join(dirname(built.file), module), "utf8")).join("");
  return { names: modules.map((module) => basename(module, ".js")), code };
}

describe("the bundle of the Worker", () => {
  test("has a module for each adapter, by its name, and names no module that is not there", async () => {
    const { names, code } = await made("all", null);
    expect(names).toEqual(expect.arrayContaining([...ADAPTERS.keys()]));
    const imported = [...code.matchAll(/(?:from|import|import\()"\.\/(?:parts\/)?([\w-]+)\.js"/g)].map(([, name]) => name);
    expect(imported.length).toBeGreaterThan(ADAPTERS.size);
    expect(imported.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
    for (const { docs } of GUIDES.values()) expect(code).toContain(docs);
  });

  test("has no others than those that it is asked for", async () => {
    const { names, code } = await made("some", new Set(["stripe", "clerk"]));
    expect(names.filter((name) => ADAPTERS.has(name)).sort()).toEqual(["clerk", "stripe"]);
    expect([...GUIDES].filter(([, { docs }]) => code.includes(docs)).map(([id]) => id)).toEqual(["clerk", "stripe"]);
  });

  test.each([
    ["descriptions of options", "to accept events of connected accounts"],
    ["zod's making of code", "payload.value = newResult"],
    ["zod's support for cycles", "Cannot parse a reference cycle"],
    ["zod's making of JSON Schemas", "processJSONSchema="],
    ["private keys", "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC"],
  ])("has no %s", async (what, text) => {
    const { code } = await made(what.replaceAll(/\W/g, "-"), new Set(["stripe"]));
    expect(code).not.toContain(text);
  });
});
