/**
 * The adapters as they stand in their folder, without the registry that is made of them.
 */
import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { Adapter } from "../contract/interface.ts";
import { inProject } from "./project.ts";

/** A module's default export, checked as far as a typo goes: `defineAdapter` has checked the rest. */
const adapterModule = z.object({
  default: z.custom<Adapter>((value) => typeof value === "object" && value !== null && "id" in value && "configure" in value),
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
