/**
 * `npx tributary new <id>`: a small adapter that works, its catalogue entry, its part of the tracking plan, one fixture and its golden; then everything that follows from the adapters.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { loadAdapter } from "../adapters.ts";
import { defineCommand } from "../command.ts";
import { fail } from "../exit-codes.ts";
import { generate } from "../generate/files.ts";
import { didYouMean } from "../nearest.ts";
import { print } from "../printer.ts";
import { inProject } from "../project.ts";
import { FAMILIES, renderNewAdapter, renderNewCatalogueEntry, renderNewFixture, renderNewPlan } from "../templates.ts";
import { runTool } from "../tools.ts";

/** As for accounts and sources: an adapter's id is also the name of its first source. */
const ID = /^[a-z][a-z0-9-]{0,31}$/;

export const command = defineCommand({
  name: "new",
  group: "Write an adapter",
  summary: "Start a new adapter",
  usage: { "<id> [--family F]": 'The id is the vendor\'s name in small letters, digits and "-".' },
  tables: { Families: Object.fromEntries(Object.entries(FAMILIES).map(([name, { summary }]) => [name, `${summary}.`])) },
  options: { family: { type: "string", value: "F", default: "hmac", description: "How the vendor proves its requests." } },
  examples: { "acme --family hmac": "Writes adapters/acme.ts, its catalogue entry, its plan, a fixture and its golden." },
  run: async ({ values, positionals, loadCommands, misuse }) => {
    const [id = "", ...rest] = positionals;
    const family = Object.hasOwn(FAMILIES, values.family) ? FAMILIES[values.family] : undefined;
    if (rest.length > 0 || !ID.test(id)) return misuse(`"${positionals.join(" ")}" is not an id.`);
    if (family === undefined) {
      const families = Object.keys(FAMILIES);
      return misuse(
        `There is no family "${values.family}".${didYouMean(values.family, families)} There are: ${families.join(", ")}`,
      );
    }
    const paths = [`adapters/${id}.ts`, `adapters/${id}`, `test/fixtures/${id}`, `test/golden/${id}`];
    const existing = paths.filter((path) => existsSync(inProject(path)));
    if (existing.length > 0) return fail("usage", `There is already ${existing.join(" and ")}.`);

    const adapter = `adapters/${id}.ts`;
    const entry = `adapters/${id}/catalogue.ts`;
    const plan = `adapters/${id}/plan.schema.ts`;
    const fixture = `test/fixtures/${id}/contact.created.json`;
    mkdirSync(inProject(`adapters/${id}`), { recursive: true });
    mkdirSync(inProject(`test/fixtures/${id}`), { recursive: true });
    writeFileSync(inProject(adapter), renderNewAdapter(id, family));
    writeFileSync(inProject(entry), renderNewCatalogueEntry(id));
    writeFileSync(inProject(plan), renderNewPlan(id));
    writeFileSync(inProject(fixture), renderNewFixture());
    await runTool("biome", ["format", "--write", adapter], false);
    // It loads every adapter: only where it is needed.
    const { writeGoldens } = await import("../golden.ts");
    const goldens = await writeGoldens(await loadAdapter(`${id}.ts`));
    if (!goldens.ok) return fail("failed", goldens.problem);
    const written = [adapter, entry, plan, fixture, ...goldens.paths, ...(await generate(await loadCommands()))];
    for (const path of written) print(`written: ${path}`);
    print(`
Now make it the vendor's: its scheme in "verify", its events in "handlers", a fixture for each of them, its families in ${plan},
and in ${entry} what an operator must know.
  npx tributary golden ${id}                      writes what the fixtures become: read it line by line
  npm test -- --adapter ${id}                  checks the rules that every adapter must follow
  npm run generate                           brings registry, catalogue and demo account up to date
  npx tributary send ${id} contact.created        posts one to a running npm run dev`);
    return "ok";
  },
});
