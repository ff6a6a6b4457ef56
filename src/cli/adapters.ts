/**
 * The adapters as they stand in their folder, without the registry that is made of them.
 */
import { existsSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { CatalogueEntry } from "../contract/catalogue-entry.ts";
import type { Adapter } from "../contract/interface.ts";
import { describeIssues } from "../contract/issues.ts";
import { inProject } from "./project.ts";

/** A module's default export, checked as far as a typo goes: `defineAdapter` has checked the rest. */
const adapterModule = z.object({
  default: z.custom<Adapter>((value) => typeof value === "object" && value !== null && "id" in value && "configure" in value),
});

const phrase = z.string().trim().min(3);

const entrySchema: z.ZodType<CatalogueEntry> = z.strictObject({
  docs: z.url({ protocol: /^https$/ }),
  timeoutSeconds: z.number().positive().nullable(),
  retries: phrase,
  disables: phrase,
  setup: z.array(phrase).min(1),
});

/** The names of the adapters' files in `adapters/`, in order. */
export function adapterFiles(): readonly string[] {
  return readdirSync(inProject("adapters"))
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

/**
 * Every adapter, by file name.
 * @throws Error where a file exports none, or one of another id
 */
export async function loadAdapters(): Promise<readonly Adapter[]> {
  return Promise.all(adapterFiles().map((file) => loadAdapter(file)));
}

/** @param file its name in `adapters/` @throws as `loadAdapters` */
export async function loadAdapter(file: string): Promise<Adapter> {
  const loaded = adapterModule.safeParse(await import(pathToFileURL(inProject(`adapters/${file}`)).href));
  if (!loaded.success) throw new Error(`adapters/${file} must have what defineAdapter gives as its default export`);
  const adapter = loaded.data.default;
  if (`${adapter.id}.ts` !== file) throw new Error(`adapters/${file} says that its id is "${adapter.id}": both must be the same`);
  return adapter;
}

/**
 * What only the catalogue says about an adapter.
 * @throws Error if `adapters/<id>/catalogue.ts` is missing or does not export a valid entry
 */
export async function loadCatalogueEntry(id: string): Promise<CatalogueEntry> {
  const file = `adapters/${id}/catalogue.ts`;
  if (!existsSync(inProject(file))) throw new Error(`${file} is missing: copy it from another adapter and adapt it`);
  const module: { readonly default?: unknown } = await import(pathToFileURL(inProject(file)).href);
  const entry = entrySchema.safeParse(module.default);
  if (!entry.success)
    throw new Error(`${file} must have a catalogue entry as its default export: ${describeIssues(entry.error)}`);
  return entry.data;
}
