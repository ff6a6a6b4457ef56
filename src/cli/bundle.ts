/**
 * Bundles, made by the tool that also deploys, so that every command runs the same code as production.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inProject } from "./project.ts";
import { runTool } from "./tools.ts";

/** The end of bundling. `file` is absolute; the sizes are bytes; `output` is what the bundler printed. */
export type Bundle =
  | { readonly ok: true; readonly file: string; readonly size: number; readonly gzipSize: number }
  | { readonly ok: false; readonly output: string };

/**
 * Bundles a Worker into a folder, which is emptied first.
 * @param config its wrangler configuration, inside the project
 * @param directory absolute, or inside the project
 * @param environment `us` or `eu`; the top level of the configuration where it is empty
 * @param entry an `index.ts` in place of the configuration's own, inside the project
 */
export async function bundle(
  config: string,
  directory: string,
  environment: "us" | "eu" | "" = "",
  entry?: string,
): Promise<Bundle> {
  const target = directory.startsWith("/") ? directory : inProject(directory);
  rmSync(target, { recursive: true, force: true });
  const script = entry === undefined ? [] : [inProject(entry)];
  const args = ["deploy", ...script, "--dry-run", "--config", inProject(config), "--outdir", target, "--env", environment];
  const { code, output } = await runTool("wrangler", args, false);
  const file = join(target, "index.js");
  // Where it is stopped the bundler ends with 0 and leaves nothing.
  if (code !== 0 || !existsSync(file)) return { ok: false, output };
  const bytes = readFileSync(file);
  return { ok: true, file, size: bytes.byteLength, gzipSize: gzipSync(bytes).byteLength };
}
