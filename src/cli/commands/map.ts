/**
 * `npm run map -- <source> <file>`: what the Worker would do with each event of a recorded webhook, and nothing is sent.
 */
import { existsSync, readFileSync } from "node:fs";
import { defineCommand } from "../command.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { fail } from "../exit-codes.ts";
import { pairs } from "../pairs.ts";
import { preview } from "../preview.ts";
import { printJson, printProblem } from "../printer.ts";

export const command = defineCommand({
  name: "map",
  group: "Try it",
  summary: "Show what the Worker would make of a recorded webhook",
  usage: { "<source> <file>": "The file holds the body of the webhook, byte for byte." },
  notes: [
    "It sends nothing. It prints, as JSON, what becomes of each event: its calls, or why it is left out or cannot be read.",
  ],
  options: {
    header: { type: "string", value: "N:V", multiple: true, description: "A header of the webhook. May be repeated." },
    query: { type: "string", value: "N=V", multiple: true, description: "A parameter of its URL. May be repeated." },
    account: { type: "string", value: "NAME", default: "demo", description: "The account." },
    env: { type: "string", value: "us|eu", description: "The environment of wrangler.toml that has the account." },
    json: {
      type: "boolean",
      default: false,
      description: "Print one object, also where the webhook is refused: kind, and issue or outcomes.",
    },
  },
  examples: {
    [`${EXAMPLE_SOURCE} webhook.json`]: "The events of a recorded body.",
    "shop order.json --header 'X-Topic: orders/create'": "Of a vendor that names the event in a header.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [name, file, ...rest] = positionals;
    if (name === undefined || file === undefined || rest.length > 0) return misuse("It takes a source and a file.");
    if (!existsSync(file)) return fail("usage", `There is no file ${file}`);
    // It loads every adapter: only where it is needed.
    const { findSourceToMap } = await import("../configuration.ts");
    const found = findSourceToMap(values.account, name, values.env ?? null);
    if (!found.ok) return fail("usage", found.problem);
    const { account, source } = found;
    const headers = pairs(values.header ?? [], ":");
    const query = pairs(values.query ?? [], "=");
    if (headers === null) return misuse("--header takes a name and a value: --header 'X-Topic: orders/create'");
    if (query === null) return misuse("--query takes a name and a value: --query topic=orders");

    const lowerCase = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
    const body = new Uint8Array(readFileSync(file));
    const previewed = await preview(
      { headers: Object.fromEntries(lowerCase), query, body, nonce: null, receivedAt: Date.now() },
      source,
      account,
    );
    switch (previewed.kind) {
      case "refused":
        if (values.json) printJson({ kind: previewed.kind, issue: previewed.issue });
        else printProblem(`The Worker would refuse it: ${previewed.issue}`);
        return "failed";
      case "handshake":
        if (values.json) printJson({ kind: previewed.kind });
        else printProblem("It is a handshake: the Worker would answer it, and keep nothing.");
        return "ok";
      case "webhook":
        printJson(values.json ? previewed : previewed.outcomes);
        return previewed.outcomes.some(({ kind }) => kind === "dead") ? "failed" : "ok";
    }
  },
});
