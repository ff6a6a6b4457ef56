/**
 * How things of a person stand: what drafts state, and the traits that it amounts to.
 */
import type { Properties, StateDraft, Value } from "../contract/drafts.ts";
import { joinRecords, subscriptionTraits, withStatement } from "../vocabulary/subscription-state.ts";
import type { Profile, StateRecord } from "./profile.ts";
import { SUM } from "./sums.ts";

type States = NonNullable<Profile["states"]>;

/** The state that a draft states, as a part of a profile. */
export function statesIn({ state, at }: StateDraft, source: string): States {
  switch (state.of) {
    case "subscription":
      return { [keyOf(source, "subscription", state.id)]: withStatement({}, at, state.facts) };
    case "email":
      // Of the address, not of one vendor.
      return { [keyOf("", "email", "")]: dated(state.facts, at) };
    case "orders":
      return { [keyOf(source, "orders", "")]: dated(state.facts, at) };
  }
}

/**
 * The traits of all states of a person. Those of subscriptions and orders keep their names from the source that bills; others' are prefixed.
 * @param billingFrom the source that bills; `null` if none does
 */
export function stateTraitsOf({ states = {} }: Profile, billingFrom: string | null): Properties {
  const subscriptions = new Map<string, Map<string, StateRecord>>();
  const traits: [string, Value][] = [];
  for (const [key, record] of Object.entries(states)) {
    const [source = "", kind = "", ...rest] = key.split("/");
    if (kind === SUM) continue;
    const prefix = source === "" || source === billingFrom ? "" : `${source.replaceAll("-", "_")}_`;
    if (kind === "subscription") subscriptions.set(source, (subscriptions.get(source) ?? new Map()).set(rest.join("/"), record));
    else traits.push(...Object.entries(record).map(([name, [value]]): [string, Value] => [`${prefix}${name}`, value]));
  }
  for (const [source, records] of subscriptions) {
    const prefix = source === billingFrom ? "" : `${source.replaceAll("-", "_")}_`;
    traits.push(
      ...Object.entries(subscriptionTraits(records)).map(([name, value]): [string, Value] => [`${prefix}${name}`, value]),
    );
  }
  return Object.fromEntries(traits);
}

/** What is known of the plan of a subscription that an event names: events about its payments often do not tell it. */
export function planOf({ states = {} }: Profile, source: string, properties: Properties): Properties {
  const { subscription_id: id } = properties;
  const record = typeof id === "string" ? states[keyOf(source, "subscription", id)] : undefined;
  if (record === undefined) return {};
  const known = ["plan_id", "plan_name"].flatMap((name): [string, Value][] => {
    const value = record[name]?.[0];
    return value === undefined || value === null || (properties[name] ?? null) !== null ? [] : [[name, value]];
  });
  return Object.fromEntries(known);
}

function keyOf(source: string, kind: string, id: string): string {
  return `${source}/${kind}/${id}`;
}

function dated(facts: Properties, at: string): StateRecord {
  const stated = Object.entries(facts).filter(([, value]) => value !== undefined);
  return joinRecords({}, Object.fromEntries(stated.map(([name, value]) => [name, [value, at, 0] as const])));
}
