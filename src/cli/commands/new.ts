/**
 * `npm run new -- <id>`: a small adapter that works, one fixture and its golden; then everything that follows from the adapters.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadAdapter } from "../adapters.ts";
import { generate } from "../generate/files.ts";
import { writeGoldens } from "../golden.ts";
import { print, printProblem } from "../printer.ts";
import { inProject } from "../project.ts";
import { FAMILIES, renderNewAdapter, renderNewFixture } from "../templates.ts";
import { runTool } from "../tools.ts";

/** As for accounts and sources: an adapter's id is also the name of its first source. */
const ID = /^[a-z][a-z0-9-]{0,31}$/;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { family: { type: "string", default: "hmac" } },
    allowPositionals: true,
  });
  const [id = ""] = positionals;
  const family = Object.hasOwn(FAMILIES, values.family) ? FAMILIES[values.family] : undefined;
  if (!ID.test(id) || positionals.length !== 1 || family === undefined) return refuse(usage());
  const paths = [`adapters/${id}.ts`, `test/fixtures/${id}`, `test/golden/${id}`];
  const existing = paths.filter((path) => existsSync(inProject(path)));
  if (existing.length > 0) return refuse(`There is already ${existing.join(" and ")}.`);

  const adapter = `adapters/${id}.ts`;
  const fixture = `test/fixtures/${id}/contact.created.json`;
  mkdirSync(inProject(`test/fixtures/${id}`), { recursive: true });
  writeFileSync(inProject(adapter), renderNewAdapter(id, family));
  writeFileSync(inProject(fixture), renderNewFixture());
  await runTool("biome", ["format", "--write", adapter], false);
  const goldens = await writeGoldens(await loadAdapter(`${id}.ts`));
  if (!goldens.ok) return refuse(goldens.problem);
  for (const path of [adapter, fixture, ...goldens.paths, ...(await generate())]) print(`written: ${path}`);
  print(`
Now make it the vendor's: its scheme in "verify", its events in "handlers", a fixture for each of them.
  npm run golden -- ${id}                      writes what the fixtures become: read it line by line
  npm test -- --adapter ${id}             holds what every adapter keeps to
  npm run send -- ${id} contact.created        posts one to a running npm run dev`);
  return 0;
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
}

function usage(): string {
  const families = Object.entries(FAMILIES).map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`);
  return `npm run new -- <id> [--family F]\n\nThe id is the vendor's name in small letters, digits and "-". Families:\n${families.join("\n")}`;
}
