/**
 * Bundles: a Worker as modules, `index.js` and those that it loads when it needs them. What is deployed, served locally and tested is made here.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, formatMessages } from "esbuild";
import * as z from "zod";
import { leftOut } from "./left-out.ts";
import { inProject } from "./project.ts";

/** Where the code of a bundle begins, inside the project. */
export const ENTRIES = {
  worker: "src/index.ts",
  /** Locally the Worker says why it refused a webhook. */
  local: "src/doctor/index.ts",
  sandbox: "src/sandbox/index.ts",
} as const;

/** The end of bundling. `file` is the main module, absolute; the sizes are those of all modules, bytes; `output` is what the bundler printed. */
export type Bundle =
  | { readonly ok: true; readonly file: string; readonly modules: number; readonly size: number; readonly gzipSize: number }
  | { readonly ok: false; readonly output: string };

/** The folder of the modules that the main one loads. The `rules` of wrangler.toml name it. */
const PARTS = "parts";

/** As wrangler bundles, but with a module for each dynamic import: what no source of a Worker needs is not evaluated. */
const OPTIONS = {
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*", "node:*"],
  define: { "process.env.NODE_ENV": '"production"', "navigator.userAgent": '"Cloudflare-Workers"' },
  chunkNames: `${PARTS}/[name]-[hash]`,
  sourcemap: "linked",
  sourcesContent: false,
  plugins: [leftOut],
  absWorkingDir: inProject(""),
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;

const failure = z.object({ errors: z.array(z.looseObject({ text: z.string() })) });

/**
 * Bundles a Worker into a folder, which is emptied first.
 * @param entry one of `ENTRIES`, or another `index.ts` inside the project
 * @param directory absolute, or inside the project
 * @param isMinified without it the bundler says in a comment which file each part comes from
 */
export async function bundle(entry: string, directory: string, isMinified = true): Promise<Bundle> {
  const target = directory.startsWith("/") ? directory : inProject(directory);
  try {
    const entryPoints = { index: inProject(entry) };
    const { outputFiles } = await build({ ...OPTIONS, entryPoints, minify: isMinified, outdir: target });
    rmSync(target, { recursive: true, force: true });
    for (const { path, contents } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
  } catch (error) {
    const failed = failure.safeParse(error);
    if (!failed.success) throw error;
    return { ok: false, output: (await formatMessages(failed.data.errors, { kind: "error" })).join("\n") };
  }
  const file = join(target, "index.js");
  const modules = modulesOf(file);
  const code = Buffer.concat(modules.map((name) => readFileSync(join(target, name))));
  return {
    ok: true,
    file,
    modules: modules.length,
    size: code.byteLength,
    // As Cloudflare counts: all modules as one text.
    gzipSize: gzipSync(code).byteLength,
  };
}

/** The modules of a bundle by their path in its folder, with slashes: the main one first. @param file the main one, absolute */
export function modulesOf(file: string): readonly string[] {
  const folder = join(dirname(file), PARTS);
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".js")) : [];
  return [basename(file), ...parts.sort().map((name) => `${PARTS}/${name}`)];
}
