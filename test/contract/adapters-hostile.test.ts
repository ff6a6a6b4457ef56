/**
 * Every adapter on bodies that no vendor should send: nothing throws, nothing invalid comes out, nothing is deleted by mistake.
 */
import { describe, expect, test } from "vitest";
import { type EventOutcome, mapWebhook, type StoredWebhook } from "../../src/account/mapping.ts";
import { REGISTRY } from "../../src/contract/registry.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { mutantsOf, TELLING, withUnknownKeys } from "../support/mutations.ts";
import { readingsOf, storedWebhook } from "../support/requests.ts";

const adapters = [...REGISTRY.values()];

/** What a header or query field may also hold. */
const HOSTILE_TEXTS = ["", " ", "0", "__proto__", "constructor", "é", "x".repeat(5000), "2026-13-45T00:00:00Z", "\u007f"];

/** Milliseconds: thousands of bodies, on however slow a machine. */
const PATIENCE = 120_000;

function callsOf(outcomes: readonly EventOutcome[]) {
  return outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
}

/** The outcomes without the ids, which may be made of a hash of the whole body. */
function withoutIds(outcomes: readonly EventOutcome[]): readonly unknown[] {
  return outcomes.map((outcome) => {
    const { id: _, ...rest } = outcome;
    return outcome.kind === "calls" ? { ...rest, calls: outcome.calls.map(({ messageId: __, ...call }) => call) } : rest;
  });
}

/** What is wrong with outcomes, whatever the input was: dead letters are right, where the data and not the adapter made them. */
function defectsOf(outcomes: readonly EventOutcome[]): readonly string[] {
  const defects = outcomes.flatMap((outcome) => {
    if (outcome.kind !== "dead") return [];
    const isOurs = !["schema", "unreadable"].includes(outcome.reason) || /^\w*Error$/.test(outcome.issue);
    return isOurs ? [`${outcome.reason}: ${outcome.issue}`] : [];
  });
  return [...defects, ...callsOf(outcomes).flatMap(problemsOf)];
}

describe.each(adapters)("$id", (adapter) => {
  const webhooks = fixturesOf(adapter.id).filter(({ name }) => !name.startsWith("handshake"));
  const source = sourceOf(adapter);
  const account = accountOf([source]);
  const outcomesOf = (webhook: StoredWebhook) => mapWebhook(webhook, source, account);

  test.each(webhooks)("$name survives every field as it should not be", { timeout: PATIENCE }, async (fixture) => {
    const webhook = await storedWebhook(adapter, fixture);
    const usual = JSON.stringify(withoutIds(await outcomesOf(webhook)));
    const defects: string[] = [];
    for (const mutants of mutantsOf(webhook.body, adapter.format)) {
      let isRead = false;
      for (const [index, { change, body }] of mutants.entries()) {
        // A field that makes no difference, whether left out or absurd, is one that the adapter does not read.
        if (index >= TELLING && !isRead) break;
        const outcomes = await outcomesOf({ ...webhook, body });
        if (JSON.stringify(withoutIds(outcomes)) === usual) continue;
        isRead = true;
        const found = defectsOf(outcomes);
        if (found.length > 0) defects.push(`${change}: ${found.join("; ")}`);
      }
    }
    expect(defects).toEqual([]);
  });

  test.each(webhooks)("$name survives every header and query field as it should not be", async (fixture) => {
    const webhook = await storedWebhook(adapter, fixture);
    for (const part of ["headers", "query"] as const) {
      for (const name of Object.keys(webhook[part])) {
        const { [name]: _, ...without } = webhook[part];
        for (const other of [without, ...HOSTILE_TEXTS.map((text) => ({ ...without, [name]: text }))]) {
          expect(defectsOf(await outcomesOf({ ...webhook, [part]: other })), `${name}: ${other[name] ?? "absent"}`).toEqual([]);
        }
      }
    }
  });

  test.each(webhooks)("$name is the same with keys that nobody has asked for", async (fixture) => {
    const webhook = await storedWebhook(adapter, fixture);
    const body = withUnknownKeys(webhook.body, adapter.format);
    expect(body.length).toBeGreaterThan(webhook.body.length);
    expect(withoutIds(await outcomesOf({ ...webhook, body }))).toEqual(withoutIds(await outcomesOf(webhook)));
  });

  test("what is not signed cannot turn one event into another that deletes", async () => {
    const kept = await Promise.all(webhooks.map((fixture) => storedWebhook(adapter, fixture)));
    for (const own of kept) {
      const types = readingsOf(adapter, own).map(({ type }) => type);
      for (const { headers, query } of kept) {
        const others = readingsOf(adapter, { ...own, headers, query }).filter(({ type }) => !types.includes(type));
        const deleting = others.filter(({ drafts }) => drafts.some(({ kind }) => kind === "deleted")).map(({ type }) => type);
        expect(deleting, `the body of ${types.join()}`).toEqual([]);
      }
    }
  });
});
