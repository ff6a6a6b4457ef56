/**
 * What adapters say of the tracking plan, from `adapters/<id>/plan.schema.ts`.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { AdapterPlan } from "../vocabulary/adapter-plan.schema.ts";
import { inProject } from "./project.ts";

const planModule = z.object({
  default: z.custom<AdapterPlan>(
    (value) => typeof value === "object" && value !== null && "families" in value && "lacks" in value,
  ),
});

/**
 * What an adapter says of the tracking plan; `null` where it says nothing.
 * @throws Error where its file does not export what `adapterPlan` gives
 */
export async function loadPlan(adapter: string): Promise<AdapterPlan | null> {
  const path = `adapters/${adapter}/plan.schema.ts`;
  if (!existsSync(inProject(path))) return null;
  const loaded = planModule.safeParse(await import(pathToFileURL(inProject(path)).href));
  if (!loaded.success) throw new Error(`${path} must have what adapterPlan gives as its default export`);
  return loaded.data.default;
}
