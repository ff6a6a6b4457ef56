/**
 * The money equation holds for every vendor that tells money: over its fixtures, and over random sales as `test/money/<id>.ts` describes them.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { findFixture, fixtureNames } from "../../src/cli/fixtures.ts";
import { loadPlan } from "../../src/cli/plans.ts";
import { inProject } from "../../src/cli/project.ts";
import { FIXTURE_TIME, type Fixture, toRequest, toStored } from "../../src/cli/recorded.ts";
import { sign } from "../../src/cli/requests.ts";
import type { TrackDraft } from "../../src/contract/drafts.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { NO_PROFILE } from "../../src/identity/profile.ts";
import { withPart } from "../../src/identity/sums.ts";
import { isUnequal, type Ledger, problemsWithMoney, type Sale, salesOf, sumsOf } from "../money/ledger.ts";
import { changedFixture, type Webhook } from "../support/changed-fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { type Reading, readingsOf } from "../support/requests.ts";
import { runsOf } from "../support/share.ts";
import { goldenSourceFor } from "./golden-source.ts";

const MONEY: ReadonlySet<string> = new Set(["Payment Succeeded", "Order Completed", "Payment Refunded", "Order Refunded"]);

const ledgerModule = z.object({
  default: z.custom<Ledger>((value) => typeof value === "object" && value !== null && "sales" in value),
});

/** What a vendor's file says of its sales; `null` where there is none. */
async function loadLedger(id: string): Promise<Ledger | null> {
  const path = inProject(`test/money/${id}.ts`);
  return existsSync(path) ? ledgerModule.parse(await import(pathToFileURL(path).href)).default : null;
}

/** A fixture, and what it becomes as it is. */
interface Recorded {
  readonly fixture: Fixture;
  readonly taken: Promise<readonly Reading[]>;
}

const recordings = new Map<string, Recorded>();

/** A fixture of this name. Sales are made of the same few again and again. */
function recordedAs(adapter: Adapter, name: string): Recorded {
  const key = `${adapter.id}/${name}`;
  const known = recordings.get(key);
  if (known) return known;
  const fixture = findFixture(adapter.id, name);
  if (fixture?.name !== name) throw new Error(`There is no fixture test/fixtures/${key}.json`);
  const made = { fixture, taken: takenOf(adapter, fixture) };
  recordings.set(key, made);
  return made;
}

/** What a fixture becomes, of the vendor's events that are taken by default. */
async function takenOf(adapter: Adapter, fixture: Fixture): Promise<readonly Reading[]> {
  const { source } = goldenSourceFor(adapter, fixture);
  const stored = await toStored(await sign(toRequest(fixture, source), source, FIXTURE_TIME), source, FIXTURE_TIME);
  return readingsOf(source.configured, stored).filter(({ type }) => adapter.interest(type).kind === "taken");
}

/** The tracks of events, as the core sends them: of a sum that the vendor tells as all so far, each with the part that is new. */
function sentOf(adapter: Adapter, readings: readonly (readonly [key: string, reading: Reading])[]): readonly TrackDraft[] {
  let profile = NO_PROFILE;
  return readings.flatMap(([key, reading]) =>
    tracksIn([reading]).flatMap((track) => {
      const told = withPart(track, profile, { source: adapter.id, by: key, at: Date.parse(reading.occurredAt) });
      profile = told.profile;
      return told.draft ?? [];
    }),
  );
}

function tracksIn(readings: readonly Reading[]): readonly TrackDraft[] {
  return readings.flatMap(({ drafts }) => drafts).flatMap((draft) => (draft.kind === "track" ? [draft] : []));
}

/**
 * What webhooks become together. Two events of one id are one, as for the account; an id that a changed fixture has from the fixture itself says
 * nothing.
 */
async function eventsOfAll(adapter: Adapter, webhooks: readonly Webhook[]): Promise<readonly TrackDraft[]> {
  const found = new Map<string, Reading>();
  for (const [index, { fixture: name, change }] of webhooks.entries()) {
    const { fixture, taken } = recordedAs(adapter, name);
    const recorded = new Set((await taken).map(({ id }) => id));
    for (const reading of await takenOf(adapter, changedFixture(fixture, change))) {
      const key = recorded.has(reading.id) ? `${index} ${reading.id}` : reading.id;
      if (!found.has(key)) found.set(key, reading);
    }
  }
  return sentOf(adapter, [...found]);
}

/** The amounts by currency, without those that are zero. */
function bookOf(entries: Iterable<readonly [currency: string, minor: number]>): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [currency, minor] of entries) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  return Object.fromEntries([...sums].filter(([, minor]) => minor !== 0));
}

describe.each([...ADAPTERS.values()])("$id", async (adapter) => {
  const { id } = adapter;
  const plan = await loadPlan(id);
  const names = fixtureNames(id).filter((name) => !name.startsWith("handshake"));
  const told = await Promise.all(names.map(async (name) => ({ name, events: tracksIn(await recordedAs(adapter, name).taken) })));
  const tellsMoney = !plan?.relays && told.some(({ events }) => events.some(({ event }) => MONEY.has(event)));
  const ledger = await loadLedger(id);

  test("has a description of its sales where it tells money", () => {
    expect(ledger !== null, `test/money/${id}.ts, see test/money/stripe.ts`).toBe(tellsMoney);
  });

  test.skipIf(plan?.relays)("tells money once in an event, in one currency and in both units", () => {
    const problems = told.flatMap(({ name, events }) =>
      events.flatMap((event) => problemsWithMoney(event).map((problem) => `${name}: ${event.event} ${problem}`)),
    );
    expect(problems).toEqual([]);
  });

  test.skipIf(!tellsMoney)("tells a subtotal that, with tax and shipping, is the total", () => {
    const unequal = told.filter(({ events }) => events.some(isUnequal)).map(({ name }) => name);
    expect(unequal).toEqual(Object.keys(ledger?.unequal ?? {}).sort());
  });

  const ways = Object.entries(ledger?.sales ?? {});
  if (ways.length === 0) return;

  test.each(ways)("tells once what came in and once what went back: %s", async (_, selling) => {
    await fc.assert(
      fc.asyncProperty(salesOf(selling), async (sale: Sale) => {
        const events = await eventsOfAll(adapter, selling.webhooks(sale));
        const { cameIn, wentBack, times } = sumsOf(events);
        expect(events.flatMap(problemsWithMoney)).toEqual([]);
        expect(events.filter(isUnequal)).toEqual([]);
        expect(times, "events that say what came in").toBe(selling.times ?? 1);
        expect(bookOf(cameIn)).toEqual({ [sale.currency]: sale.minor });
        expect(bookOf(wentBack)).toEqual(bookOf([[sale.currency, sale.refunds.at(-1)?.after ?? 0]]));
      }),
      { numRuns: runsOf(50) },
    );
  });
});
