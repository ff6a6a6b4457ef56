/**
 * `npm test`: every test that needs nothing but this project. `--adapter <id>` runs what concerns one adapter; all else is vitest's.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { adapterFiles } from "../adapters.ts";
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { inProject } from "../project.ts";
import { runTool } from "../tools.ts";

/** Tests of every adapter stand in files of this name, and begin with the adapter's id. */
const OF_ADAPTERS = /^adapters.*\.test\.ts$/;

export const command = defineCommand({
  name: "test",
  group: "Work on the project",
  summary: "Run the tests",
  usage: { "[--adapter <id>] [path …] [vitest's options]": "" },
  options: { adapter: { type: "string", value: "ID", description: "Only what concerns this adapter; takes seconds." } },
  passesTo: "vitest",
  examples: {
    "": "Everything.",
    "--adapter generic": "One adapter.",
    "test/account -t erase": "The tests of a folder whose title has this word.",
  },
  run: async ({ values: { adapter }, others, misuse }) => {
    if (adapter === undefined) return exitOfCode((await runTool("vitest", ["run", ...others], true)).code);
    const known = adapterFiles().map((file) => basename(file, ".ts"));
    if (!known.includes(adapter))
      return misuse(`There is no adapter "${adapter}".${didYouMean(adapter, known)} There are: ${known.join(", ")}`);
    process.env.TEST_ADAPTER = adapter;
    const only = ["--testNamePattern", `^${adapter}\\b(?!-)`, ...filesOfAdapters()];
    return exitOfCode((await runTool("vitest", ["run", ...only, ...others], true)).code);
  },
});

/** The tests of every adapter, as paths inside the project. */
function filesOfAdapters(): readonly string[] {
  return readdirSync(inProject("test"), { recursive: true, encoding: "utf8" })
    .filter((path) => OF_ADAPTERS.test(basename(path)))
    .map((path) => join("test", path).replaceAll("\\", "/"));
}
