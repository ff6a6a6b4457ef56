/**
 * Every adapter keeps to the tracking plan: what it emits is in the plan or declared by it, with the properties that are defined there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { fixturesOf } from "../../src/cli/fixtures.ts";
import { loadPlan } from "../../src/cli/plans.ts";
import { inProject } from "../../src/cli/project.ts";
import { FIXTURE_TIME, toRequest, toStored } from "../../src/cli/recorded.ts";
import { sign } from "../../src/cli/requests.ts";
import type { Draft } from "../../src/contract/drafts.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { problemsWith } from "../../src/vocabulary/check.schema.ts";
import { SUBSCRIPTION_STATUSES } from "../../src/vocabulary/enums.ts";
import { type EventName, FAMILIES, PLAN } from "../../src/vocabulary/plan.schema.ts";
import { ADAPTERS } from "../support/registry.ts";
import { readingsOf } from "../support/requests.ts";
import { goldenSourceFor } from "./golden-source.ts";

const trackCall = z.object({ type: z.literal("track"), event: z.string(), properties: z.record(z.string(), z.unknown()) });
const golden = z.array(z.object({ calls: z.array(z.unknown()).default([]) }));

/** Names of the events in what an adapter makes of its fixtures: also of those whose person is not known yet, which no golden shows. */
async function namesOf(adapter: Adapter): Promise<ReadonlySet<string>> {
  return new Set(
    (await draftsOf(adapter)).flatMap((draft) => (draft.kind === "track" || draft.kind === "deleted" ? [draft.event] : [])),
  );
}

interface Recorded extends z.output<typeof trackCall> {
  readonly fixture: string;
}

/** The events in an adapter's goldens. */
function eventsOf(id: string): readonly Recorded[] {
  const folder = inProject(`test/golden/${id}`);
  return readdirSync(folder).flatMap((name) =>
    golden
      .parse(JSON.parse(readFileSync(join(folder, name), "utf8")))
      .flatMap(({ calls }) => calls)
      .flatMap((call) => trackCall.safeParse(call).data ?? [])
      .map((call) => ({ ...call, fixture: name.replace(/\.json$/, "") })),
  );
}

/** The events that an adapter's fixtures become, also those that wait until their person is known. */
async function emittedBy(adapter: Adapter, told: readonly Recorded[]): Promise<readonly Recorded[]> {
  const waiting = (await draftsOf(adapter)).flatMap((draft) =>
    draft.kind === "track" ? [{ type: draft.kind, event: draft.event, properties: draft.properties, fixture: "(drafts)" }] : [],
  );
  return [...told, ...waiting];
}

const drafted = new Map<Adapter, Promise<readonly Draft[]>>();

/** What an adapter alone makes of its fixtures: made once. */
function draftsOf(adapter: Adapter): Promise<readonly Draft[]> {
  const known = drafted.get(adapter) ?? makeDraftsOf(adapter);
  drafted.set(adapter, known);
  return known;
}

async function makeDraftsOf(adapter: Adapter): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  for (const fixture of fixturesOf(adapter.id).filter(({ name }) => !name.startsWith("handshake"))) {
    const { source } = goldenSourceFor(adapter, fixture);
    const stored = await toStored(await sign(toRequest(fixture, source), source, FIXTURE_TIME), source, FIXTURE_TIME);
    drafts.push(...readingsOf(source.configured, stored).flatMap((reading) => reading.drafts));
  }
  return drafts;
}

describe.each([...ADAPTERS.values()])("$id", (adapter) => {
  const { id } = adapter;
  const told = eventsOf(id);

  test("says what it has to do with the tracking plan", async () => {
    expect(await loadPlan(id), `adapters/${id}/plan.schema.ts`).not.toBeNull();
  });

  test("emits only events of the plan and its own, with their properties", async () => {
    const plan = await loadPlan(id);
    if (plan?.relays) return;
    const own = new Map(Object.entries(plan?.own?.events ?? {}));
    expect(
      [...own.keys()].filter((name) => PLAN.has(name)),
      "own events that the plan has",
    ).toEqual([]);
    const emitted = await emittedBy(adapter, told);
    const problems = emitted.flatMap(({ event, properties, fixture }) => {
      const definition = PLAN.get(event) ?? own.get(event);
      if (!definition) return [`${fixture}: ${event} is not in the plan, and not declared in adapters/${id}/plan.schema.ts`];
      return problemsWith(definition, properties).map((problem) => `${fixture}: ${event}: ${problem}`);
    });
    expect(problems).toEqual([]);
    const seen = await namesOf(adapter);
    expect(
      [...own.keys()].filter((name) => !seen.has(name)),
      "own events without a fixture",
    ).toEqual([]);
  });

  test("tells each event of its families, or says why not", async () => {
    const plan = await loadPlan(id);
    const seen = await namesOf(adapter);
    const expected = new Set((plan?.families ?? []).flatMap((name) => Object.keys(FAMILIES[name].events)));
    const reasons = new Map(Object.entries(plan?.lacks ?? {}));
    expect(
      [...expected].filter((event) => !seen.has(event) && !reasons.has(event)),
      "neither emitted nor in `lacks`",
    ).toEqual([]);
    expect(
      [...reasons.keys()].filter((event) => seen.has(event)),
      "emitted, and yet in `lacks`",
    ).toEqual([]);
    expect([...reasons.values()].filter((reason) => reason.trim().length < 3)).toEqual([]);
  });

  test("states what it declares to state, in the words of the plan", async () => {
    const states = (await draftsOf(adapter)).flatMap((draft) => (draft.kind === "state" ? [draft] : []));
    expect([...new Set(states.map(({ state }) => state.of))].sort()).toEqual([...adapter.states].sort());
    const statuses: readonly unknown[] = [...SUBSCRIPTION_STATUSES, undefined];
    for (const { at, state } of states) {
      expect(at).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
      if (state.of !== "subscription") continue;
      expect(state.id).not.toBe("");
      expect(statuses).toContain(state.facts.status);
    }
  });
});

test("an event that two vendors have is none of a vendor's own", async () => {
  const own = await Promise.all(
    [...ADAPTERS.keys()].map(async (id) => Object.keys((await loadPlan(id))?.own?.events ?? {}).map((name) => ({ id, name }))),
  );
  const owners = Map.groupBy(own.flat(), ({ name }) => name);
  expect(owners.size).toBeGreaterThan(0);
  const shared = [...owners].filter(([name, all]) => all.length > 1 || [...PLAN.keys()].some((known) => known === name));
  expect(shared.map(([name, all]) => [name, ...all.map(({ id }) => id)])).toEqual([]);
});

test("the names of a family's events are those of the plan", () => {
  const names: readonly EventName[] = ["Subscription Cancelled", "Order Completed", "User Signed Up"];
  expect(names.filter((name) => !PLAN.has(name))).toEqual([]);
});
