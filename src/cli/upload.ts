/**
 * Deploys a Worker with the adapters that it needs: those of its declared sources, or all where it may be told of others after the deployment.
 */
import * as z from "zod";
import { declaredAdapters } from "../config/load.ts";
import { ADAPTERS_BUILT } from "./bundle.ts";
import { print } from "./printer.ts";
import { readWranglerConfig, WORKER_CONFIG, type WranglerConfig } from "./project.ts";
import { runTool } from "./tools.ts";

/** The secrets of a Worker by name; `null` where they could not be found out. */
export type KnownSecrets = ReadonlySet<string> | null;

/** What an upload contains: these adapters, or all, and why. */
export type Contents =
  | { readonly adapters: readonly string[]; readonly all: null }
  | { readonly adapters: null; readonly all: string };

/** Secrets that tell a deployed Worker of accounts which `wrangler.toml` does not have. */
const TELLING = ["DIRECTORY_KEY", "ACCOUNTS"];

/**
 * Decides what an upload contains.
 * @param secrets those that the Worker has, or will have, by name
 */
export function contentsOf({ keep_vars, env }: WranglerConfig, region: "us" | "eu", secrets: KnownSecrets): Contents {
  const environment = env[region];
  const declared = [...new Set(declaredAdapters(environment?.vars ?? {}))].sort();
  if (environment === undefined || declared.length === 0) return all(`no source is declared in [env.${region}]`);
  if (keep_vars === true || environment.keep_vars === true) return all("keep_vars keeps variables that are set elsewhere");
  if (secrets === null) return all("the names of the Worker's secrets could not be read");
  const named = new Set([...secrets, ...(environment.secrets?.required ?? []), ...Object.keys(environment.vars)]);
  const telling = TELLING.find((name) => (name === "ACCOUNTS" ? secrets : named).has(name));
  return telling === undefined
    ? { adapters: declared, all: null }
    : all(`the Worker has ${telling}, so its accounts may need any of them`);
}

function all(why: string): Contents {
  return { adapters: null, all: why };
}

/** A deployment. */
export interface Upload {
  readonly region: "us" | "eu";
  /** A file of secrets, absolute, and the names that it has; `null` if there is none. */
  readonly secrets: { readonly path: string; readonly names: readonly string[] } | null;
  readonly isDryRun: boolean;
}

/** Deploys, and says which adapters are in it. @returns the exit code of wrangler */
export async function upload({ region, secrets, isDryRun }: Upload): Promise<number> {
  // Nothing is uploaded, and nobody need have signed in.
  const known = isDryRun ? new Set<string>() : await secretsOf(region);
  const names = known === null ? null : new Set([...known, ...(secrets?.names ?? [])]);
  const contents = contentsOf(readWranglerConfig(WORKER_CONFIG), region, names);
  const unless = isDryRun ? " (all, if the Worker has a directory of accounts: a dry run does not ask)" : "";
  print(contents.all === null ? `Adapters: ${contents.adapters.join(", ")}${unless}` : `Adapters: all, because ${contents.all}`);
  const args = [...(secrets === null ? [] : ["--secrets-file", secrets.path]), ...(isDryRun ? ["--dry-run"] : [])];
  const environment = { [ADAPTERS_BUILT]: contents.adapters?.join(",") ?? "" };
  return (await runTool("wrangler", ["deploy", "--env", region, ...args], true, environment)).code;
}

const listed = z.array(z.looseObject({ name: z.string() }));

/** The names of the secrets that a Worker has. */
async function secretsOf(region: "us" | "eu"): Promise<KnownSecrets> {
  // Workers Builds deploys under another name, which "secret list" does not look at by itself.
  const name = process.env.WRANGLER_CI_OVERRIDE_NAME ?? "";
  const place = name === "" ? ["--env", region] : ["--env", "", "--name", name];
  const { code, output } = await runTool("wrangler", ["secret", "list", "--format", "json", ...place], false);
  return readSecretList(code, output);
}

/** Reads what wrangler prints about the secrets of a Worker: JSON, or that there is no such Worker yet. */
export function readSecretList(code: number, output: string): KnownSecrets {
  if (code !== 0) return /Worker "[^"\n]*"[^\n]* not found\./.test(output) ? new Set() : null;
  const [json = ""] = /^\[.*^\]|^\[\]/ms.exec(output) ?? [];
  try {
    return new Set(listed.parse(JSON.parse(json)).map(({ name }) => name));
  } catch {
    return null;
  }
}
