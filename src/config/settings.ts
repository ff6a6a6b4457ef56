/**
 * Settings of the Worker as a whole.
 */
import * as z from "zod";
import type { Problem } from "./findings.ts";
import type { Config } from "./model.ts";
import { provenRuntime } from "./proof.ts";
import { parse, quantitySchema, regionSchema } from "./schema.ts";

/** Settings that do not depend on accounts. */
export type Settings = Pick<Config, "runtime" | "region" | "timeScale">;

const knownSettings = new WeakMap<object, Settings>();

/** Reads the settings of an environment. The result is cached. `readConfig` reports their problems. */
export function readSettings(env: object): Settings {
  const settings = knownSettings.get(env) ?? settingsIn(new Map<string, unknown>(Object.entries(env)), []);
  knownSettings.set(env, settings);
  return settings;
}

/** Reads the settings from variables. Errors are added to `problems`. */
export function settingsIn(variables: ReadonlyMap<string, unknown>, problems: Problem[]): Settings {
  const variable = <Schema extends z.ZodType>(schema: Schema, name: string) =>
    parse(schema, variables.get(name), [name], problems);
  const runtime = provenRuntime(variables, problems);
  const region = variable(regionSchema.optional(), "REGION") ?? null;
  const timeScale = variable(quantitySchema.pipe(z.number().min(1)).optional(), "TIME_SCALE");
  return { runtime, region, timeScale: runtime === "local" ? (timeScale ?? 1) : 1 };
}
