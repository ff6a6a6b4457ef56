/**
 * Everything that follows from the adapters, and from the definitions of the commands.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DEMO_ACCOUNTS } from "../accounts.ts";
import { loadAdapters } from "../adapters.ts";
import type { Description } from "../description.ts";
import { inProject } from "../project.ts";
import { DEMO_SECRETS } from "../secrets.ts";
import { loadVendors } from "../vendors.ts";
import { renderAdapterPage } from "./adapter-page.ts";
import { renderCatalogue } from "./catalogue.ts";
import { renderCommands } from "./commands.ts";
import { renderDemoAccounts, renderDemoSecrets } from "./demo.ts";
import { renderEvents } from "./events.ts";
import { renderGuides } from "./guides.ts";
import { renderPasts } from "./history.ts";
import { renderMatrix } from "./matrix.ts";
import { renderOpenApi } from "./openapi.ts";
import { renderPlanEvents } from "./plan-events.ts";
import { renderRegistry } from "./registry.ts";
import { renderToolInputs } from "./tool-inputs.ts";
import { renderTrackingPlan } from "./tracking-plan.ts";
import { renderTrackingPlanJson } from "./tracking-plan-json.ts";
import { renderVendors } from "./vendors.ts";

/** A generated file, as it should be. `path` is inside the project. */
interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** Every generated file. */
export async function generatedFiles(commands: readonly Description[]): Promise<readonly GeneratedFile[]> {
  const adapters = await loadAdapters();
  const vendors = await loadVendors(adapters);
  return [
    eventsFile(),
    { path: "src/contract/registry.ts", text: renderRegistry(adapters) },
    { path: "adapters/README.md", text: renderCatalogue(vendors) },
    ...vendors.map((vendor) => ({ path: `adapters/${vendor.adapter.id}.md`, text: renderAdapterPage(vendor) })),
    { path: "docs/tracking-plan.md", text: renderTrackingPlan(vendors) },
    { path: "docs/tracking-plan.json", text: renderTrackingPlanJson(vendors) },
    { path: "docs/matrix.md", text: renderMatrix(vendors) },
    { path: "docs/vendors.md", text: await renderVendors(vendors) },
    { path: "docs/backfill-vendors.md", text: await renderPasts(new Map(adapters.map(({ id, name }) => [id, name]))) },
    { path: "docs/openapi.json", text: renderOpenApi() },
    { path: "src/console/plan-events.ts", text: renderPlanEvents(vendors) },
    { path: "src/console/guides.ts", text: renderGuides(vendors) },
    { path: "src/console/tool-inputs.ts", text: renderToolInputs() },
    { path: DEMO_SECRETS, text: renderDemoSecrets(adapters) },
    { path: "docs/commands.md", text: renderCommands(commands) },
    { path: DEMO_ACCOUNTS, text: renderDemoAccounts(adapters) },
  ];
}

/** The generated files that are missing or not as they should be. */
export async function staleFiles(commands: readonly Description[]): Promise<readonly GeneratedFile[]> {
  return (await generatedFiles(commands)).filter(isStale);
}

/** Writes them. @returns their paths */
export async function generate(commands: readonly Description[]): Promise<readonly string[]> {
  // Adapters import it, so it must be right before they are loaded.
  const events = [eventsFile()].filter(isStale);
  write(events);
  const stale = await staleFiles(commands);
  write(stale);
  return [...events, ...stale].map(({ path }) => path);
}

function eventsFile(): GeneratedFile {
  return { path: "src/vocabulary/events.ts", text: renderEvents() };
}

function write(files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) writeFileSync(inProject(path), text);
}

/** Whether a generated file is missing or not as it should be. */
export function isStale({ path, text }: GeneratedFile): boolean {
  return textOf(path) !== text;
}

/** A file's text; empty where there is none. */
function textOf(path: string): string {
  try {
    return readFileSync(inProject(path), "utf8");
  } catch {
    return "";
  }
}
