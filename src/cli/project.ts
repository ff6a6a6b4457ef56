/**
 * Where things are in the project, and what its wrangler configurations say.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import * as z from "zod";

/** A path inside the project, absolute. */
export function inProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The configuration of the Worker and of the sandbox, inside the project. */
export const WORKER_CONFIG = "wrangler.toml";
export const SANDBOX_CONFIG = "src/sandbox/wrangler.toml";

const environment = z.looseObject({
  vars: z.record(z.string(), z.json()).default({}),
  /** `true`: a deployment keeps variables of the Worker that the file does not name. */
  keep_vars: z.boolean().optional(),
  /** Names of secrets without which it must not be deployed. */
  secrets: z.looseObject({ required: z.array(z.string()).default([]) }).optional(),
  durable_objects: z
    .looseObject({ bindings: z.array(z.looseObject({ name: z.string(), class_name: z.string() })) })
    .default({ bindings: [] }),
});

const wranglerConfig = environment.extend({
  name: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  env: z.record(z.string(), environment).default({}),
});

/** The part of a wrangler configuration that decides what a Worker is given. */
export type WranglerConfig = z.output<typeof wranglerConfig>;

/**
 * @param text the text of a `wrangler.toml`
 * @throws where it is no such text: a defect of the file
 */
export function parseWranglerConfig(text: string): WranglerConfig {
  return wranglerConfig.parse(parse(text));
}

/** @param path inside the project @throws as `parseWranglerConfig` */
export function readWranglerConfig(path: string): WranglerConfig {
  return parseWranglerConfig(readFileSync(inProject(path), "utf8"));
}
