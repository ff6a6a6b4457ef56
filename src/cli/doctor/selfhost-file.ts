/**
 * The file of a self-hosted Worker: its tables are those that stand under `vars` in a `wrangler.toml`.
 */
import * as z from "zod";
import { type Environment, environmentsOf } from "./environments.ts";
import type { ConfigFile } from "./files.ts";

/** What only a `wrangler.toml` has. */
const OF_WRANGLER = ["env", "vars", "main", "name", "migrations", "durable_objects"];

const table = z.record(z.string(), z.unknown()).catch({});

/** Reads a configuration as that of a self-hosted Worker; `null` if it is a `wrangler.toml`. */
export function asSelfhosted(config: ConfigFile): { readonly config: ConfigFile; readonly environment: Environment } | null {
  const value = table.parse(config.value);
  if (value.ACCOUNTS === undefined || OF_WRANGLER.some((key) => key in value)) return null;
  const { top } = environmentsOf({ ...config, value: { vars: value } });
  return {
    // Diagnoses name places as in a wrangler.toml.
    config: { ...config, lines: (path) => config.lines(path[0] === "vars" ? path.slice(1) : path) },
    environment: { ...top, isSelfhosted: true },
  };
}
