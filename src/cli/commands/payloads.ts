/**
 * `npm run payloads -- <folder>`: recorded webhooks, kept outside the project, must all end well.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { runTool } from "../tools.ts";

export const command = defineCommand({
  name: "payloads",
  group: "Write an adapter",
  summary: "Translate a folder of recorded webhooks; report failures",
  usage: { "<folder> [--json]": "" },
  notes: ["The folder holds recorded webhooks and a manifest.json, or bodies named <adapter>.<case>.json."],
  options: { json: { type: "boolean", default: false, description: "Print vitest's report as JSON, for machines." } },
  examples: { "../payloads": "Translates each webhook, and reports those that do not end well." },
  run: async ({ values, positionals, misuse }) => {
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) return misuse("Which folder?");
    if (!existsSync(resolve(folder))) return misuse(`There is no folder ${folder}.`);
    process.env.PAYLOADS = resolve(folder);
    const suite = existsSync(resolve(folder, "manifest.json")) ? "payloads" : "cases";
    const reporter = values.json ? ["--reporter=json", "--silent"] : [];
    return exitOfCode(
      (await runTool("vitest", ["run", "--project", "node", ...reporter, `test/node/${suite}.test.ts`], true)).code,
    );
  },
});
