/**
 * Every adapter on bodies that no vendor should send: nothing throws, nothing invalid comes out, nothing is deleted by mistake.
 */
import { describe, expect, test } from "vitest";
import { type EventOutcome, mapWebhook, type StoredWebhook } from "../../src/account/mapping.ts";
import { type Fixture, goldenOf } from "../../src/cli/recorded.ts";
import { accountOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { mutantsOf, TELLING, withUnknownKeys } from "../support/mutations.ts";
import { ADAPTERS } from "../support/registry.ts";
import { readingsOf, sourceFor, storedWebhook } from "../support/requests.ts";

const adapters = [...ADAPTERS.values()];

/** What a header or query field may also hold. */
const HOSTILE_TEXTS = ["", " ", "0", "__proto__", "constructor", "é", "x".repeat(5000), "2026-13-45T00:00:00Z", "\u007f"];

/** Milliseconds: thousands of bodies, on however slow a machine. */
const PATIENCE = 120_000;

function callsOf(outcomes: readonly EventOutcome[]) {
  return outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
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
  const keptAs = async (fixture: Fixture) => {
    const source = sourceFor(adapter, fixture);
    const account = accountOf([source]);
    return {
      webhook: await storedWebhook(source, fixture),
      outcomesOf: (webhook: StoredWebhook) => mapWebhook(webhook, source, account),
      readings: (webhook: StoredWebhook) => readingsOf(source.configured, webhook),
    };
  };

  test.each(webhooks)("$name survives every field as it should not be", { timeout: PATIENCE }, async (fixture) => {
    const { webhook, outcomesOf } = await keptAs(fixture);
    const usual = JSON.stringify((await outcomesOf(webhook)).map(goldenOf));
    const defects: string[] = [];
    for (const mutants of mutantsOf(webhook.body, webhook.format)) {
      let isRead = false;
      for (const [index, { change, body }] of mutants.entries()) {
        // A field that makes no difference, whether left out or absurd, is one that the adapter does not read.
        if (index >= TELLING && !isRead) break;
        const outcomes = await outcomesOf({ ...webhook, body });
        if (JSON.stringify(outcomes.map(goldenOf)) === usual) continue;
        isRead = true;
        const found = defectsOf(outcomes);
        if (found.length > 0) defects.push(`${change}: ${found.join("; ")}`);
      }
    }
    expect(defects).toEqual([]);
  });

  test.each(webhooks)("$name survives every header and query field as it should not be", async (fixture) => {
    const { webhook, outcomesOf } = await keptAs(fixture);
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
    const { webhook, outcomesOf } = await keptAs(fixture);
    const body = withUnknownKeys(webhook.body, webhook.format);
    expect(body.length).toBeGreaterThan(webhook.body.length);
    expect((await outcomesOf({ ...webhook, body })).map(goldenOf)).toEqual((await outcomesOf(webhook)).map(goldenOf));
  });

  test("what is not signed cannot turn one event into another that deletes", async () => {
    const kept = await Promise.all(webhooks.map(keptAs));
    for (const { webhook: own, readings } of kept) {
      const types = readings(own).map(({ type }) => type);
      for (const { webhook } of kept) {
        const { headers, query } = webhook;
        const others = readings({ ...own, headers, query }).filter(({ type }) => !types.includes(type));
        const deleting = others.filter(({ drafts }) => drafts.some(({ kind }) => kind === "deleted")).map(({ type }) => type);
        expect(deleting, `the body of ${types.join()}`).toEqual([]);
      }
    }
  });
});
