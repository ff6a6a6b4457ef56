/**
 * The first deployment of a Worker, with its secrets.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { upload } from "../upload.ts";
import { type SecretValues, withSecretsFile } from "./secret-files.ts";

/** The end of a deployment. */
export interface Deployed {
  readonly code: number;
  /** The address of the Worker, as wrangler gives it; `null` if it gives none. */
  readonly url: string | null;
}

const deployLine = z.looseObject({ type: z.literal("deploy"), targets: z.array(z.string()).default([]) });

/** Deploys an environment with these secrets. Those that are set at the Worker and not named stay as they are. */
export async function deployWith(region: "us" | "eu", secrets: SecretValues, isDryRun: boolean): Promise<Deployed> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-deploy-"));
  const output = join(directory, "wrangler.ndjson");
  // What wrangler did, for machines: @see https://developers.cloudflare.com/workers/wrangler/system-environment-variables/
  process.env.WRANGLER_OUTPUT_FILE_PATH = output;
  try {
    return await withSecretsFile(secrets, async (path) => {
      const code = await upload({ region, secrets: { path, names: Object.keys(secrets) }, isDryRun });
      return { code, url: code === 0 && existsSync(output) ? targetIn(readFileSync(output, "utf8")) : null };
    });
  } finally {
    delete process.env.WRANGLER_OUTPUT_FILE_PATH;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A public name, which may be followed by a path or a remark, and preceded by its scheme. Schedules are targets too. */
const HOST = /^(?:https:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?=$|[/ ])/;

/** The first address that wrangler's output names. @param text lines of JSON */
export function targetIn(text: string): string | null {
  const targets = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => deployLine.safeParse(JSON.parse(line)).data?.targets ?? []);
  const [host] = targets.flatMap((target) => HOST.exec(target)?.[1] ?? []);
  return host === undefined ? null : `https://${host}`;
}
