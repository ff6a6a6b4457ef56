/**
 * `npm run payloads -- <folder>`: recorded webhooks, kept outside the project, must all end well.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { defineCommand } from "../command.ts";
import { exitOfCode, fail } from "../exit-codes.ts";
import { printJson } from "../printer.ts";
import { runTool } from "../tools.ts";

/** The part of vitest's report that is printed. @see https://vitest.dev/guide/reporters#json-reporter */
const report = z.object({
  testResults: z.array(
    z.object({
      message: z.string().default(""),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
});

export const command = defineCommand({
  name: "payloads",
  group: "Write an adapter",
  summary: "Translate a folder of recorded webhooks; report failures",
  usage: { "<folder> [--json]": "" },
  notes: ["The folder holds recorded webhooks and a manifest.json, or bodies named <adapter>.<case>.json."],
  options: { json: { type: "boolean", default: false, description: "Print counts and failures as JSON, for machines." } },
  examples: { "../payloads": "Translates each webhook, and reports those that do not end well." },
  run: async ({ values, positionals, misuse }) => {
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) return misuse("Which folder?");
    if (!existsSync(resolve(folder))) return misuse(`There is no folder ${folder}.`);
    process.env.PAYLOADS = resolve(folder);
    const suite = existsSync(resolve(folder, "manifest.json")) ? "payloads" : "cases";
    const args = ["run", "--project", "node", `test/node/${suite}.test.ts`];
    if (!values.json) return exitOfCode((await runTool("vitest", args, true)).code);
    const directory = mkdtempSync(join(tmpdir(), "tributary-payloads-"));
    try {
      const file = join(directory, "report.json");
      const { code, output } = await runTool("vitest", [...args, "--reporter=json", `--outputFile=${file}`], false);
      if (!existsSync(file)) return fail("failed", output);
      printJson(summaryOf(report.parse(JSON.parse(readFileSync(file, "utf8")))));
      return exitOfCode(code);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
});

function summaryOf({ testResults }: z.output<typeof report>) {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = results.filter(({ status }) => status === "failed");
  return {
    passed: results.filter(({ status }) => status === "passed").length,
    failed: failures.length,
    failures: failures.map(({ fullName, failureMessages }) => ({ name: fullName, messages: failureMessages })),
    // A suite that does not load has no results.
    problems: testResults.map(({ message }) => message).filter((message) => message !== ""),
  };
}
