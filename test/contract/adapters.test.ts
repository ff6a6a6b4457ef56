/**
 * What every adapter keeps to, whatever its vendor: its declarations, its fixtures, and what becomes of them.
 */
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { proofBindings } from "../../src/cli/proof.ts";
import { type Fixture, goldenOf, toolsFor } from "../../src/cli/recorded.ts";
import { readConfig } from "../../src/config/load.ts";
import { isSourceOption } from "../../src/config/schema.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { decode } from "../../src/contract/verify/encoding.ts";
import { secretName } from "../../src/secret-names.ts";
import { type EventOutcome, translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, configured } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { fixturesOf, goldensOf, recordedAdapters, vectorsOf } from "../support/fixtures.ts";
import { withLongLists } from "../support/mutations.ts";
import { ADAPTERS } from "../support/registry.ts";
import { type Kept, keptFor, readingsOf, sourceFor, storedWebhook } from "../support/requests.ts";

const adapters = [...ADAPTERS.values()];

const translations = new WeakMap<Fixture, Promise<readonly EventOutcome[]>>();

/** What a fixture becomes: translated once. */
function outcomesOf(adapter: Adapter, fixture: Fixture): Promise<readonly EventOutcome[]> {
  const known = translations.get(fixture) ?? keptFor(adapter, fixture).then((kept) => translated(fixture, kept));
  translations.set(fixture, known);
  return known;
}

function translated(fixture: Fixture, { source, webhook }: Kept): Promise<readonly EventOutcome[]> {
  return translateWebhook(webhook, source, accountOf([source]), toolsFor(fixture, source));
}

/** What the catalogue says of an option; empty where the schema has no description. */
function descriptionOf(schema: unknown): string {
  return schema instanceof z.ZodType ? (schema.description ?? "") : "";
}

/** What a secret says: itself without each of its prefixes, as text and decoded. */
function decodingsOf(secret: string): readonly string[] {
  const rests = secret.split("_").map((_, index, parts) => parts.slice(index).join("_"));
  const bytes = rests.flatMap((rest) => (["base64", "base64url", "hex"] as const).map((encoding) => decode(rest, encoding)));
  return [...rests, ...bytes.map((decoded) => new TextDecoder().decode(decoded ?? new Uint8Array()))];
}

/** Does a source with the demo secret work where the Worker runs so? */
function demoWorks(adapter: Adapter, runtime: "local" | "selfhost"): boolean {
  const { id, demoOptions, secret } = adapter;
  const address = configured(adapter).verifier.signsUrl ? { public_url: "https://hooks.example.com/hooks/acme" } : {};
  const accounts = { acme: { region: "us", sources: { [id]: { ...demoOptions, ...address } } } };
  const config = readConfig({ ...proofBindings(runtime), ACCOUNTS: accounts, [secretName("acme", id)]: secret.demo }, ADAPTERS);
  const account = config.accounts.get("acme");
  return account?.ok === true && account.account.sources.get(id)?.ok === true;
}

test("there are adapters, and nothing is recorded for others", () => {
  expect(adapters.length).toBeGreaterThan(0);
  expect([...recordedAdapters()].filter((id) => !ADAPTERS.has(id))).toEqual([]);
});

describe.each(adapters)("$id", (adapter) => {
  const fixtures = fixturesOf(adapter.id);
  const goldens = goldensOf(adapter.id);
  const webhooks = fixtures.filter(({ name }) => !name.startsWith("handshake"));

  test("declares everything that a person must know", () => {
    expect(ADAPTERS.get(adapter.id)).toBe(adapter);
    expect(adapter.types.length).toBeGreaterThan(0);
    expect(Object.keys(adapter.options.shape).filter(isSourceOption)).toEqual([]);
    expect(Object.entries(adapter.options.shape).filter(([, schema]) => descriptionOf(schema).length < 20)).toEqual([]);
    expect([adapter.name, adapter.secret.hint].filter((text) => text.trim().length < 3)).toEqual([]);
    const reasons = adapter.types
      .map((type) => adapter.interest(type))
      .flatMap((interest) => (interest.kind === "taken" ? [] : [interest.reason]));
    expect(reasons.filter((reason) => reason.trim().length < 3)).toEqual([]);
  });

  test("its demo secret is usable and carries the marker that keeps it out of production", () => {
    const { demo, format } = adapter.secret;
    expect(demo).toMatch(format);
    const { verifier } = configured(adapter);
    expect(verifier.unusable(demo)).toBeNull();
    // A key that only checks has no room for it: the core knows such a one by heart.
    if (demo !== verifier.demoSecret) expect(decodingsOf(demo).some((text) => text.includes("tributary_demo"))).toBe(true);
    expect(demoWorks(adapter, "local")).toBe(true);
    expect(demoWorks(adapter, "selfhost")).toBe(false);
  });

  test("every event that it maps has a fixture, and every fixture a golden", async () => {
    const read = (await Promise.all(webhooks.map((fixture) => outcomesOf(adapter, fixture)))).flat().map(({ type }) => type);
    const mapped = adapter.types.filter((type) => adapter.interest(type).kind !== "ignored");
    const unseen = mapped.filter((type) => !read.includes(type));
    expect(unseen, `no fixture of ${unseen.join(", ")}: write one in test/fixtures/${adapter.id}/`).toEqual([]);
    const names = fixtures.map(({ name }) => name).sort();
    expect(names, `fixtures and goldens differ: npx tributary golden ${adapter.id}`).toEqual([...goldens.keys()].sort());
  });

  test.each(webhooks)("$name becomes its golden", async (fixture) => {
    const outcomes = await outcomesOf(adapter, fixture);
    const advice = `if the new outcome is right by the vendor's documentation: npx tributary golden ${adapter.id}`;
    expect(outcomes.map(goldenOf), advice).toEqual(goldens.get(fixture.name));
    expect(
      outcomes
        .map(({ type }) => type.replaceAll("/", "_"))
        .some((type) => fixture.name === type || fixture.name.startsWith(`${type}.`)),
    ).toBe(true);
    expect(
      outcomes
        .flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []))
        .flatMap((call) => problemsOf(call, adapter.id)),
    ).toEqual([]);
  });

  test.each(webhooks)("$name has ids that are stable and its own", async (fixture) => {
    const idsOf = (outcomes: readonly EventOutcome[]) =>
      outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls.map((call) => call.messageId) : []));
    const source = sourceFor(adapter, fixture);
    const again = { source, webhook: await storedWebhook(source, fixture) };
    const [first, second] = [await outcomesOf(adapter, fixture), await translated(fixture, again)];
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(new Set(idsOf(first)).size).toBe(idsOf(first).length);
    const [event] = first;
    expect(event?.id).toBe(second[0]?.id);
    expect(event?.id).not.toBe("");
  });

  test("a long list is cut, and counted", async () => {
    for (const fixture of webhooks) {
      const { source, webhook } = await keptFor(adapter, fixture);
      const outcomes = await translateWebhook(
        { ...webhook, body: withLongLists(webhook.body, webhook.format, 60) },
        source,
        accountOf([source]),
      );
      const calls = outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
      expect(
        outcomes.filter(({ kind }) => kind === "dead"),
        fixture.name,
      ).toEqual([]);
      expect(
        calls.flatMap((call) => problemsOf(call, adapter.id)),
        fixture.name,
      ).toEqual([]);
    }
  });

  test("only what a signature over the body proves may delete or erase", async () => {
    for (const fixture of webhooks) {
      const { source, webhook } = await keptFor(adapter, fixture);
      const readings = readingsOf(source.configured, webhook);
      const isDeleting = readings.some(({ drafts }) => drafts.some(({ kind }) => kind === "deleted"));
      expect(!isDeleting || source.configured.verifier.covers === "body", fixture.name).toBe(true);
    }
  });
});

afterAll(() => {
  const rows = adapters.map((adapter) => {
    const kinds = adapter.types.map((type) => adapter.interest(type).kind);
    const judged = [...vectorsOf(`${adapter.id}.sdk`), ...vectorsOf(`${adapter.id}.chain.sdk`)];
    const judges = [...new Set(judged.map(({ source }) => source))];
    const count = (kind: string) => String(kinds.filter((one) => one === kind).length);
    return [
      adapter.id,
      count("taken"),
      count("off"),
      count("ignored"),
      String(fixturesOf(adapter.id).length),
      String(goldensOf(adapter.id).size),
      String(vectorsOf(adapter.id).length),
      judges.join(", ") || "none",
    ];
  });
  const table = [["adapter", "handlers on", "off", "ignored", "fixtures", "goldens", "vectors", "judge"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  // The state of each adapter, for whoever runs the tests.
  console.log(table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n"));
});
