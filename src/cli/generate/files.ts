/**
 * Everything that follows from the adapters, and from the definitions of the commands.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DEMO_ACCOUNTS } from "../accounts.ts";
import { loadAdapters, loadCatalogueEntry } from "../adapters.ts";
import type { Description } from "../description.ts";
import { inProject } from "../project.ts";
import { DEMO_SECRETS } from "../secrets.ts";
import { renderCatalogue } from "./catalogue.ts";
import { renderCommands } from "./commands.ts";
import { renderDemoAccounts, renderDemoSecrets } from "./demo.ts";
import { renderRegistry } from "./registry.ts";

/** A file that is not up to date. `path` is inside the project. */
interface StaleFile {
  readonly path: string;
  readonly text: string;
}

/** The generated files that are missing or not as they should be. */
export async function staleFiles(commands: readonly Description[]): Promise<readonly StaleFile[]> {
  const adapters = await loadAdapters();
  const listings = await Promise.all(adapters.map(async (adapter) => ({ adapter, entry: await loadCatalogueEntry(adapter.id) })));
  const expected = [
    { path: "src/contract/registry.ts", text: renderRegistry(adapters) },
    { path: "adapters/README.md", text: renderCatalogue(listings) },
    { path: DEMO_SECRETS, text: renderDemoSecrets(adapters) },
    { path: "docs/commands.md", text: renderCommands(commands) },
    { path: DEMO_ACCOUNTS, text: renderDemoAccounts(adapters) },
  ];
  return expected.filter(({ path, text }) => textOf(path) !== text);
}

/** Writes them. @returns their paths */
export async function generate(commands: readonly Description[]): Promise<readonly string[]> {
  const stale = await staleFiles(commands);
  for (const { path, text } of stale) writeFileSync(inProject(path), text);
  return stale.map(({ path }) => path);
}

/** A file's text; empty where there is none. */
function textOf(path: string): string {
  try {
    return readFileSync(inProject(path), "utf8");
  } catch {
    return "";
  }
}
