/**
 * `npm run golden -- <adapter> [event …]`: writes what fixtures become. The author reads it line by line: it is the adapter's specification.
 */
import { basename } from "node:path";
import { adapterFiles, loadAdapter } from "../adapters.ts";
import { defineCommand } from "../command.ts";
import { fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { print } from "../printer.ts";

export const command = defineCommand({
  name: "golden",
  group: "Write an adapter",
  summary: "Write what an adapter's fixtures become, to be read",
  usage: { "<adapter> [event …]": "" },
  notes: [
    "A golden says what the code does, not what is right. Read it against the vendor's documentation before you commit it. CI writes none.",
  ],
  options: {},
  examples: { generic: "The goldens of all fixtures in test/fixtures/generic.", "acme contact.created": "One of them." },
  run: async ({ positionals, misuse }) => {
    const [id = "", ...events] = positionals;
    const known = adapterFiles().map((file) => basename(file, ".ts"));
    if (!known.includes(id)) return misuse(`Which adapter?${didYouMean(id, known)} There are: ${known.join(", ")}`);
    if (process.env.CI) return fail("failed", "Goldens are written by a person who reads them, never in CI.");
    // It loads every adapter: only where it is needed.
    const { writeGoldens } = await import("../golden.ts");
    const written = await writeGoldens(await loadAdapter(`${id}.ts`), events);
    if (!written.ok) return fail("failed", written.problem);
    for (const path of written.paths) print(`written, to be read: ${path}`);
    return "ok";
  },
});
