/**
 * Every adapter's entry in the catalogue.
 */
import { expect, test } from "vitest";
import { loadCatalogueEntry } from "../../src/cli/adapters.ts";
import { ADAPTERS } from "../support/registry.ts";
import { textOf } from "./source-code.ts";

test.each([...ADAPTERS.values()])("$id has an entry, and all of it is on its page", async ({ id, name }) => {
  const { docs, retries, disables, setup } = await loadCatalogueEntry(id);
  const page = textOf(`adapters/${id}.md`);
  expect(page).toContain(`\n# ${name}\n`);
  expect([docs, retries, disables, ...setup].filter((text) => !page.includes(text))).toEqual([]);
  expect(textOf("adapters/README.md")).toContain(`[${name}](${id}.md)`);
});

test.each([...ADAPTERS.values()])("$id gives up as its entry says", async ({ id, givesUp }) => {
  const { disables } = await loadCatalogueEntry(id);
  const says = /^(never|depends)|^not documented(?!; Svix)|^on a 410|too many failures|validation/.test(disables);
  expect({ disables, givesUp: givesUp !== null }).toEqual({ disables, givesUp: !says });
});

test("an adapter without an entry has no place in the catalogue", async () => {
  await expect(loadCatalogueEntry("acme")).rejects.toThrow("adapters/acme/catalogue.ts is missing");
});
