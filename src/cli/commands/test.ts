/**
 * `npm test`: every test that needs nothing but this project. `--adapter <id>` runs what concerns one adapter; all else is vitest's.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { adapterFiles } from "../adapters.ts";
import { printProblem } from "../printer.ts";
import { inProject } from "../project.ts";
import { runTool } from "../tools.ts";

/** Tests of every adapter stand in files of this name, and begin with the adapter's id. */
const OF_ADAPTERS = /^adapters.*\.test\.ts$/;

export async function run(args: string[]): Promise<number> {
  const options = { adapter: { type: "string" } } as const;
  const { values, tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const { adapter } = values;
  if (adapter === undefined) return (await runTool("vitest", ["run", ...args], true)).code;

  const known = adapterFiles().map((file) => basename(file, ".ts"));
  if (typeof adapter !== "string" || !known.includes(adapter)) {
    printProblem(`npm test -- --adapter <id>: there is no adapter "${adapter}". There are: ${known.join(", ")}`);
    return 2;
  }
  const ours = tokens.flatMap((token) =>
    token.kind === "option" && token.name === "adapter" ? [token.index, ...(token.inlineValue ? [] : [token.index + 1])] : [],
  );
  const others = args.filter((_, index) => !ours.includes(index));
  process.env.TEST_ADAPTER = adapter;
  const only = ["--testNamePattern", `^${adapter}\\b(?!-)`, ...filesOfAdapters()];
  return (await runTool("vitest", ["run", ...only, ...others], true)).code;
}

/** The tests of every adapter, as paths inside the project. */
function filesOfAdapters(): readonly string[] {
  return readdirSync(inProject("test"), { recursive: true, encoding: "utf8" })
    .filter((path) => OF_ADAPTERS.test(basename(path)))
    .map((path) => join("test", path).replaceAll("\\", "/"));
}
