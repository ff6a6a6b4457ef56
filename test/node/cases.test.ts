/**
 * Bodies that once failed, kept outside of the project: `<adapter>.<what it is about>.json` (or `.txt`). Each ends in calls or a named reason.
 * Read from the folder that `npm run payloads -- <folder>` names, or from where such a collection stands beside the project.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { formatOf } from "../../src/contract/formats.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { ADAPTERS } from "../support/registry.ts";

const folder = [process.env.PAYLOADS, resolve("..", "shared", "cases")].find(
  (path) => path !== undefined && existsSync(path) && !existsSync(join(path, "manifest.json")),
);

/** What a vendor says of a body in a header: in turn, for nothing in the body says which it was. */
const HEADERS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  github: ["star", "push", "fork"].map((event) => ({ "x-github-event": event })),
  shopify: ["refunds/create", "orders/create", "customers/update"].map((topic) => ({ "x-shopify-topic": topic })),
  woocommerce: ["order.updated", "order.created"].map((topic) => ({ "x-wc-webhook-topic": topic })),
};

const cases = (folder === undefined ? [] : readdirSync(folder)).flatMap((file) => {
  const [id = ""] = file.split(".");
  const adapter = ADAPTERS.get(id);
  if (folder === undefined || adapter === undefined) return [];
  return (HEADERS[id] ?? [{}]).map((headers) => ({ file, adapter, headers, body: readFileSync(join(folder, file)) }));
});

describe.runIf(folder !== undefined)("bodies that once failed", () => {
  test("there are some", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$file with $headers ends in calls or a named reason", async ({ adapter, headers, body }) => {
    const source = sourceOf(adapter);
    const bytes = new Uint8Array(body);
    const outcomes = await translateWebhook(
      {
        receivedAt: Date.UTC(2026, 10, 28, 12),
        format: formatOf(adapter.format, bytes),
        headers,
        query: {},
        nonce: null,
        body: bytes,
        events: null,
      },
      source,
      accountOf([source]),
    );
    expect(outcomes.length).toBeGreaterThan(0);
    for (const outcome of outcomes) {
      if (outcome.kind === "calls") expect(outcome.calls.flatMap((call) => problemsOf(call, adapter.id))).toEqual([]);
      else if (outcome.kind === "ignored") expect(outcome.reason.trim().length).toBeGreaterThan(3);
      else if (outcome.kind === "dead") {
        expect(["schema", "unreadable"]).toContain(outcome.reason);
        expect(outcome.issue).toMatch(/^\S+: \w+/);
      }
    }
  });
});
