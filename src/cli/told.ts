/**
 * What vendors' events become, as the goldens have it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { NOTHING_NEW } from "../translate/address.ts";
import type { Drafted } from "./drafts.ts";
import { inProject } from "./project.ts";

const record = z.record(z.string(), z.unknown()).default({});

const call = z.looseObject({
  type: z.enum(["identify", "track", "group", "page", "screen", "alias"]),
  event: z.string().optional(),
  properties: record,
  traits: record,
});

const golden = z.array(
  z.object({
    type: z.string(),
    calls: z.array(call).default([]),
    waits: z.array(z.string()).optional(),
    ignored: z.string().optional(),
  }),
);

/** A call that a vendor event becomes. */
export interface ToldCall {
  /** The vendor's own name of the event. */
  readonly type: string;
  /** The fixture that shows it. */
  readonly fixture: string;
  readonly call: z.output<typeof call>;
}

/** Properties that the core adds to every event. */
export const CORE_PROPERTIES = ["provider", "source", "source_event", "truncated"] as const;

const CORE: ReadonlySet<string> = new Set(CORE_PROPERTIES);

/**
 * Every call in an adapter's goldens, in the order of the fixtures' names. An event that waits for its person, or for
 * money to add to, has no call there: its events are those of its drafts.
 */
export function toldBy(adapter: string, drafted: readonly Drafted[] = []): readonly ToldCall[] {
  const folder = inProject(`test/golden/${adapter}`);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().flatMap((file) => {
    const fixture = file.slice(0, -".json".length);
    return golden.parse(JSON.parse(readFileSync(join(folder, file), "utf8"))).flatMap(({ type, calls, waits, ignored }) =>
      (waits || ignored === NOTHING_NEW ? tracksIn(adapter, drafted, fixture, type) : calls).map((one) => ({
        type,
        fixture,
        call: one,
      })),
    );
  });
}

function tracksIn(provider: string, drafted: readonly Drafted[], fixture: string, type: string): readonly ToldCall["call"][] {
  const drafts = drafted.filter((one) => one.fixture === fixture && one.type === type).flatMap((one) => one.drafts);
  return drafts.flatMap((draft) =>
    draft.kind === "track"
      ? [{ type: "track", event: draft.event, properties: { ...draft.properties, provider }, traits: {} }]
      : [],
  );
}

/** An event, and what the goldens say of it. */
export interface ToldEvent {
  readonly event: string;
  /** The vendor events that become it, in order. */
  readonly types: readonly string[];
  /** The plainest fixture that shows it: the one with the shortest name. */
  readonly fixture: string;
  /** Every property that one of them has, but those of the core, in the order in which they appear. */
  readonly properties: readonly string[];
}

/** The events among these calls, in the order of their names. */
export function eventsIn(told: readonly ToldCall[]): readonly ToldEvent[] {
  const found = new Map<string, { readonly types: Set<string>; readonly fixtures: string[]; readonly properties: Set<string> }>();
  for (const { type, fixture, call: one } of told) {
    if (one.type !== "track" || one.event === undefined) continue;
    const known = found.get(one.event) ?? { types: new Set(), fixtures: [], properties: new Set() };
    known.fixtures.push(fixture);
    known.types.add(type);
    for (const name of Object.keys(one.properties)) if (!CORE.has(name)) known.properties.add(name);
    found.set(one.event, known);
  }
  return [...found]
    .map(
      ([
        event,
        {
          types,
          fixtures: [first = "", ...others],
          properties,
        },
      ]) => ({
        event,
        types: [...types].sort(),
        fixture: others.reduce((plainest, name) => (name.length < plainest.length ? name : plainest), first),
        properties: [...properties],
      }),
    )
    .sort((a, b) => (a.event < b.event ? -1 : 1));
}

/** The names of the traits in an adapter's goldens, sorted. */
export function traitsIn(told: readonly ToldCall[]): readonly string[] {
  const names = told.flatMap(({ call: one }) => (one.type === "identify" ? Object.keys(one.traits) : []));
  return [...new Set(names)].sort();
}
