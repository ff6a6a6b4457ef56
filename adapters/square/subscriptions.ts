/**
 * Square's subscriptions: the facts in a subscription's state, each with an id of its own, for Square sends the whole at every change.
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { each, id, ignore, type MapResult, maybe, on, person, personId, reference, text } from "../../src/contract/adapter.ts";
import {
  type SubscriptionProperties,
  type SubscriptionStatus,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionPaused,
  subscription as subscriptionProperties,
  subscriptionStarted,
  subscriptionState,
} from "../../src/vocabulary/adapter.ts";
import { money } from "./payments.ts";

const subscription = z.object({
  id,
  status: text,
  ...each(maybe.id, "customer_id", "plan_variation_id", "plan_id"),
  ...each(maybe.isoTime, "start_date", "canceled_date", "charged_through_date"),
  price_override_money: money,
});

type Subscription = z.output<typeof subscription>;

/** A fact of a subscription; `state` is how it stands. */
const entry = z.object({ subscription, fact: z.enum(["state", "started", "paused", "cancelled", "expired"]) });

type Happening = z.output<typeof entry>["fact"];

/** A fact: an id that makes it count once (`null`: the event's own), its time if it has one, and the data of the handler. */
interface Fact {
  readonly id: string | null;
  readonly at: Maybe<string>;
  readonly data: unknown;
}

const holder = z.object({ subscription });

/** The facts in the body of an event about a subscription; the body itself where it is none. */
export function subscriptionFacts(object: unknown): readonly Fact[] {
  const s = holder.safeParse(object).data?.subscription;
  const toFact = (fact: Happening, factId: string | null, at: Maybe<string> = null): Fact => ({
    id: factId,
    at,
    data: { ...holderOf(object), fact },
  });
  if (!s) return [toFact("state", null)];
  const facts = happeningsOf(s).map(([fact, when, at]) => toFact(fact, `subscription:${s.id}:${fact}:${when ?? ""}`, at));
  return [toFact("state", null), ...facts];
}

function holderOf(object: unknown): object {
  return typeof object === "object" && object !== null ? object : {};
}

/** What has happened, with what makes it another one the next time, and its time. */
function happeningsOf(s: Subscription): readonly (readonly [Happening, Maybe<string>, Maybe<string>?])[] {
  const cancelled = s.canceled_date ? [["cancelled", s.canceled_date] as const] : [];
  switch (s.status) {
    case "ACTIVE":
      return [["started", "", s.start_date], ...cancelled];
    case "PAUSED":
      return [["paused", s.charged_through_date]];
    case "CANCELED":
      return [...cancelled, ["expired", ""]];
    case "DEACTIVATED":
    case "COMPLETED":
      return [["expired", ""]];
    default:
      return [];
  }
}

/** A fact with its subscription. One that has not begun has no state yet. */
export const onSubscription = on(entry, ({ fact, subscription: s }, { event }): MapResult => {
  const who = person({ ids: [personId("customer", s.customer_id), reference("subscription", s.id)] });
  const facts = factsOf(s);
  switch (fact) {
    case "state":
      return facts.status ? subscriptionState(who, event.occurredAt, facts) : ignore("the subscription has not started");
    case "started":
      return subscriptionStarted(who, { ...facts, status: "active" });
    case "paused":
      return subscriptionPaused(who, facts);
    case "cancelled":
      return subscriptionCancelled(who, { ...facts, immediate: s.status === "CANCELED" && isCutShort(s) });
    case "expired":
      return subscriptionExpired(who, facts);
  }
});

/** Whether it ended before the day up to which it is paid. */
function isCutShort(s: Subscription): boolean {
  return !!s.canceled_date && !!s.charged_through_date && s.canceled_date < s.charged_through_date;
}

/** An active one with a date of cancellation runs until then. @see https://developer.squareup.com/docs/subscriptions-api/cancel-subscriptions */
function statusOf(s: Subscription): SubscriptionStatus | null {
  switch (s.status) {
    case "ACTIVE":
      return s.canceled_date ? "cancelled" : "active";
    case "PAUSED":
      return "paused";
    case "CANCELED":
    case "DEACTIVATED":
    case "COMPLETED":
      return "expired";
    default:
      return null;
  }
}

function factsOf(s: Subscription): SubscriptionProperties {
  const status = statusOf(s);
  return subscriptionProperties({
    subscription_id: s.id,
    status,
    status_raw: s.status.toLowerCase(),
    plan_id: s.plan_variation_id ?? s.plan_id,
    product_id: s.plan_variation_id ? s.plan_id : null,
    price: s.price_override_money,
    current_period_ends_at: s.charged_through_date,
    started_at: s.start_date,
    ends_at: s.canceled_date,
    ended_at: status === "expired" ? s.canceled_date : null,
  });
}
