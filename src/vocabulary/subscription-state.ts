/**
 * The state of a person's subscriptions: how adapters state it, how statements are folded whatever their order, and the traits that result.
 */
import type { Properties, StateDraft, SubscriptionFacts, Value } from "../contract/drafts.ts";
import type { PersonFacts } from "../contract/facts.ts";
import type { SubscriptionProperties } from "./subscription.ts";

/** What an adapter states about the whole of a subscription. */
export type SubscriptionStatement = SubscriptionProperties & {
  /** Whether a payment is owed; by default whether the status is `past_due`. */
  readonly payment_failing?: boolean;
};

/**
 * States how a subscription stands, all of it: what is left out is known to be nothing. For vendor events that carry the subscription itself.
 * @param at the vendor's time, ISO 8601 UTC
 * @param given as `subscription` gives it; its status is needed
 */
export function subscriptionState(person: PersonFacts, at: string, given: SubscriptionStatement): StateDraft {
  const { status } = given;
  const isOver = status === "expired";
  const facts: SubscriptionFacts = {
    status: status ?? null,
    plan_id: given.plan_id ?? null,
    plan_name: given.plan_name ?? null,
    plan_price: given.price ?? null,
    plan_interval: given.interval ?? null,
    plan_currency: given.currency ?? null,
    mrr: isOver ? 0 : (given.mrr ?? null),
    trial_ends_at: status === "trialing" || status === "cancelled" ? (given.trial_ends_at ?? null) : null,
    current_period_ends_at: isOver ? null : (given.current_period_ends_at ?? null),
    subscription_ends_at: given.ended_at ?? given.ends_at ?? (isOver ? at : null),
    payment_failing: given.payment_failing ?? status === "past_due",
  };
  return { kind: "state", person, at, state: { of: "subscription", id: given.subscription_id, facts } };
}

/**
 * States a part of how a subscription stands, for vendor events that tell no more: that a payment for it failed, say.
 * @param at the vendor's time, ISO 8601 UTC
 */
export function subscriptionFact(person: PersonFacts, at: string, id: string, facts: SubscriptionFacts): StateDraft {
  return { kind: "state", person, at, state: { of: "subscription", id, facts } };
}

/** What is known of one subscription: each fact with its time. JSON. */
export type SubscriptionRecord = {
  readonly [Name in keyof SubscriptionFacts]?: readonly [value: Value, at: string, stage: number];
};

/** Of two statements of one time, which vendors with whole seconds make, the one further in a subscription's life stands. */
const STAGES: readonly unknown[] = ["trialing", "active", "past_due", "paused", "cancelled", "expired"];

/** Adds a statement to what is known. The order in which statements are added makes no difference. */
export function withStatement(record: SubscriptionRecord, at: string, facts: SubscriptionFacts): SubscriptionRecord {
  const stage = STAGES.indexOf(facts.status);
  return withFacts(
    record,
    Object.entries(facts).map(([name, value]): [string, Fact] => [name, [value, at, stage]]),
  );
}

/** What two records know together. */
export function joinRecords(one: SubscriptionRecord, other: SubscriptionRecord): SubscriptionRecord {
  return withFacts(one, Object.entries(other));
}

function withFacts(record: SubscriptionRecord, facts: readonly (readonly [name: string, fact: Fact])[]): SubscriptionRecord {
  const known = new Map(Object.entries(record));
  for (const [name, fact] of facts) {
    const before = known.get(name);
    if (before === undefined || isNewer(fact, before)) known.set(name, fact);
  }
  return Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Fact = NonNullable<SubscriptionRecord[keyof SubscriptionRecord]>;

function isNewer([value, at, stage]: Fact, [oldValue, oldAt, oldStage]: Fact): boolean {
  if (at !== oldAt) return at > oldAt;
  if (stage !== oldStage) return stage > oldStage;
  return JSON.stringify(value) < JSON.stringify(oldValue);
}

/** The names of the traits, without the prefix of a source that is not the account's `billing_from`. */
export const SUBSCRIPTION_TRAITS = [
  "subscription_status",
  "subscription_id",
  "plan_id",
  "plan_name",
  "plan_price",
  "plan_interval",
  "plan_currency",
  "mrr",
  "trial_ends_at",
  "current_period_ends_at",
  "subscription_ends_at",
  "payment_failing",
  "subscriptions_count",
] as const;

/**
 * The traits of a person from their subscriptions of one source. They tell of the one that is worth most in a month among the live ones, else of
 * the one that ended last; `payment_failing` and `subscriptions_count` tell of all live ones.
 * @param records what is known of each subscription, by the vendor's id
 * @returns every name of `SUBSCRIPTION_TRAITS`; `null` where it is known to be nothing, which removes the trait. Nothing without subscriptions
 */
export function subscriptionTraits(records: ReadonlyMap<string, SubscriptionRecord>): Properties {
  const all = [...records].map(([id, record]) => ({ id, facts: factsIn(record) })).filter(({ facts }) => facts.status !== null);
  const live = all.filter(({ facts }) => facts.status !== "expired");
  const [first] = (live.length > 0 ? live : all).sort((a, b) => compare(a.facts, b.facts) || (a.id < b.id ? -1 : 1));
  if (first === undefined) return {};
  const { status, payment_failing: _, ...facts } = first.facts;
  return {
    subscription_status: status,
    subscription_id: first.id,
    ...facts,
    payment_failing: live.some((one) => one.facts.payment_failing === true),
    subscriptions_count: live.length,
  };
}

const UNKNOWN = {
  status: null,
  plan_id: null,
  plan_name: null,
  plan_price: null,
  plan_interval: null,
  plan_currency: null,
  mrr: null,
  trial_ends_at: null,
  current_period_ends_at: null,
  subscription_ends_at: null,
  payment_failing: null,
} satisfies SubscriptionFacts;

type KnownFacts = { readonly [Name in keyof typeof UNKNOWN]: Value };

function factsIn(record: SubscriptionRecord): KnownFacts {
  return { ...UNKNOWN, ...Object.fromEntries(Object.entries(record).map(([name, [value]]) => [name, value])) };
}

/** Before zero where `a` tells more of the person than `b`. */
function compare(a: KnownFacts, b: KnownFacts): number {
  const worth = (facts: KnownFacts): number => (typeof facts.mrr === "number" ? facts.mrr : -1);
  const end = (facts: KnownFacts): string => (typeof facts.subscription_ends_at === "string" ? facts.subscription_ends_at : "");
  return worth(b) - worth(a) || (end(a) < end(b) ? 1 : end(a) > end(b) ? -1 : 0);
}
