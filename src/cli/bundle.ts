/**
 * Bundles: a Worker as modules, `index.js` and those that it loads when it needs them. What is deployed, served locally and tested is made here.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, formatMessages } from "esbuild";
import * as z from "zod";
import { leftOut, onlyAdapters } from "./left-out.ts";
import { inProject } from "./project.ts";

/** Where the code of a bundle begins, inside the project. */
export const ENTRIES = {
  worker: "src/index.ts",
  /** Locally the Worker says why it refused a webhook. */
  local: "src/doctor/index.ts",
  sandbox: "src/sandbox/index.ts",
} as const;

/** The variable by which `deploy` tells `build` which adapters the Worker has: ids, separated by commas. Empty: all. */
export const ADAPTERS_BUILT = "ADAPTERS_BUILT";

/**
 * How large each may be in this repository: all modules as one text, gzip, bytes. `usual` is the Worker as it is deployed with `USUAL_SOURCES`,
 * `worker` the one with all adapters.
 */
export const BUDGETS = { usual: 233_000, worker: 406_000, sandbox: 120_000 };

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
 * @param adapters the ids of those that are in it; default: all
 */
export async function bundle(
  entry: string,
  directory: string,
  isMinified = true,
  adapters: ReadonlySet<string> | null = null,
): Promise<Bundle> {
  const target = directory.startsWith("/") ? directory : inProject(directory);
  try {
    const entryPoints = { index: inProject(entry) };
    const plugins = adapters === null ? [leftOut] : [leftOut, onlyAdapters(adapters)];
    const { outputFiles } = await build({ ...OPTIONS, plugins, entryPoints, minify: isMinified, outdir: target });
    rmSync(target, { recursive: true, force: true });
    const named = shortNames(outputFiles.map(({ path }) => basename(path)));
    for (const { path, text } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(join(dirname(path), named(basename(path))), text.replaceAll(HASHED, named));
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

/** What the bundler calls a module, its imports and its source map. */
const HASHED = /[\w-]+-[A-Z0-9]{8}\.js/g;

/** Names without a hash, which does not compress and is in every import: the upload is 2 KB smaller. @param files of all modules */
function shortNames(files: readonly string[]): (name: string) => string {
  const short = new Map<string, string>();
  const taken = new Set<string>();
  for (const file of files.filter((name) => /-[A-Z0-9]{8}\.js$/.test(name)).sort()) {
    const stem = file.replace(/-[A-Z0-9]{8}\.js$/, "");
    let name = stem;
    for (let number = 1; taken.has(name); number += 1) name = `${stem}-${number}`;
    taken.add(name);
    short.set(file, `${name}.js`);
  }
  return (name) => short.get(name) ?? short.get(name.replace(/\.map$/, ""))?.concat(".map") ?? name;
}

/** The modules of a bundle by their path in its folder, with slashes: the main one first. @param file the main one, absolute */
export function modulesOf(file: string): readonly string[] {
  const folder = join(dirname(file), PARTS);
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".js")) : [];
  return [basename(file), ...parts.sort().map((name) => `${PARTS}/${name}`)];
}
