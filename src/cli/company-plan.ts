/**
 * The tracking plan of one company: the events that its vendors tell, and recorded calls held against the plan.
 */
import * as z from "zod";
import { problemsWith } from "../vocabulary/check.schema.ts";
import type { EventDefinition } from "../vocabulary/definition.schema.ts";
import { FAMILIES, PLAN } from "../vocabulary/plan.schema.ts";
import { propertiesOf, withoutMinor } from "./generate/tracking-plan.ts";
import { type PlannedVendor, planned, type Vendor } from "./vendors.ts";

/** A property of an event, and the vendors that tell it. */
export interface CompanyProperty {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
  readonly vendors: readonly string[];
}

/** An event that a company gets. */
export interface CompanyEvent {
  readonly family: string;
  readonly event: string;
  readonly when: string;
  /** Adapter ids, each with the vendor events that become it. */
  readonly from: Readonly<Record<string, readonly string[]>>;
  /** Those that a vendor's recorded webhooks show, without the minor units of money. */
  readonly properties: readonly CompanyProperty[];
}

/** The events that these vendors tell, in the order of the plan, then their own. */
export function planOf(vendors: readonly Vendor[]): readonly CompanyEvent[] {
  const known = planned(vendors);
  const shared = Object.values(FAMILIES).flatMap(({ title, events }) =>
    Object.entries<EventDefinition>(events).map(([event, definition]) => companyEvent(title, event, definition, known)),
  );
  const own = known.flatMap((vendor) =>
    Object.entries(vendor.plan.own?.events ?? {}).map(([event, definition]) =>
      companyEvent(vendor.adapter.name, event, definition, [vendor]),
    ),
  );
  return [...shared, ...own].filter(({ from }) => Object.keys(from).length > 0);
}

function companyEvent(
  family: string,
  event: string,
  definition: EventDefinition,
  vendors: readonly PlannedVendor[],
): CompanyEvent {
  const told = vendors.flatMap(({ adapter, events }) =>
    events.filter((one) => one.event === event).map((one) => ({ id: adapter.id, ...one })),
  );
  const described = propertiesOf([{ events: { [event]: definition } }]);
  const names = withoutMinor([...new Set(told.flatMap(({ properties }) => properties))]);
  return {
    family,
    event,
    when: definition.when,
    from: Object.fromEntries(told.map(({ id, types }) => [id, types])),
    properties: names.map((name) => ({
      name,
      ...(described.get(name) ?? { type: "", meaning: "chosen by the company" }),
      vendors: told.filter(({ properties }) => properties.includes(name)).map(({ id }) => id),
    })),
  };
}

const track = z.looseObject({
  type: z.literal("track"),
  event: z.string(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

const call = z.looseObject({ type: z.string() });

/** A call, as it left, or as the sandbox recorded it. */
const line = z.union([track, call, z.looseObject({ event: z.union([track, call]) }).transform(({ event }) => event)]);

/** What came of holding calls against the plan. */
export interface Checked {
  /** Events that were held against it. */
  readonly events: number;
  /** Calls that are no events, and events that a vendor passes on under the sender's own names. */
  readonly others: number;
  readonly problems: readonly string[];
}

/**
 * Holds recorded calls against the plan.
 * @param text JSON Lines, or a list of JSON; each a call, or what the sandbox recorded of one
 * @param vendors all of them: events of one alone are known by the vendor in `provider`
 */
export function checkCalls(text: string, vendors: readonly Vendor[]): Checked {
  const byId = new Map(vendors.map((vendor) => [vendor.adapter.id, vendor]));
  const problems: string[] = [];
  let [events, others] = [0, 0];
  for (const { title, value } of valuesIn(text)) {
    const parsed = line.safeParse(value);
    const event = track.safeParse(parsed.data).data;
    const vendor = byId.get(String(event?.properties.provider ?? ""));
    if (!parsed.success) problems.push(`${title}: is no call`);
    else if (event === undefined || vendor?.plan?.relays) others += 1;
    else {
      events += 1;
      const definition = PLAN.get(event.event) ?? new Map(Object.entries(vendor?.plan?.own?.events ?? {})).get(event.event);
      const found = definition ? problemsWith(definition, event.properties) : ["is not in the plan"];
      problems.push(...found.map((problem) => `${title}: ${event.event}: ${problem}`));
    }
  }
  return { events, others, problems };
}

/** Calls as one JSON: a list, or the sandbox's answer. */
const list = z.union([z.array(z.unknown()), z.object({ calls: z.array(z.unknown()) }).transform(({ calls }) => calls)]);

function valuesIn(text: string): readonly { readonly title: string; readonly value: unknown }[] {
  const whole = list.safeParse(parsed(text)).data;
  if (whole) return whole.map((value, index) => ({ title: `call ${index + 1}`, value }));
  return text
    .split("\n")
    .flatMap((one, index) => (one.trim() === "" ? [] : [{ title: `line ${index + 1}`, value: parsed(one) }]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
