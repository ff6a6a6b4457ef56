/**
 * The state of a person beside their subscriptions: whether their e-mail address works, and what they ordered.
 */
import type { StateDraft } from "../contract/drafts.ts";
import type { Maybe, PersonFacts } from "../contract/facts.ts";
import type { Money } from "../contract/money.ts";

/** States that an address does not work. @param at the vendor's time, ISO 8601 UTC */
export function emailBouncedState(person: PersonFacts, at: string): StateDraft {
  return { kind: "state", person, at, state: { of: "email", facts: { email_bounced_at: at } } };
}

/** States that a person complained about an e-mail. @param at the vendor's time, ISO 8601 UTC */
export function emailComplainedState(person: PersonFacts, at: string): StateDraft {
  return { kind: "state", person, at, state: { of: "email", facts: { email_complained_at: at } } };
}

/**
 * States what a person ordered so far, as the vendor counts it.
 * @param at the vendor's time, ISO 8601 UTC
 */
export function ordersState(
  person: PersonFacts,
  at: string,
  {
    orders_count,
    total_spent,
    last_order_at,
  }: {
    readonly orders_count?: Maybe<number>;
    readonly total_spent?: Maybe<Money>;
    readonly last_order_at?: Maybe<string>;
  },
): StateDraft {
  const facts = {
    ...(typeof orders_count === "number" ? { orders_count } : {}),
    ...(total_spent ? { total_spent: total_spent.amount, total_spent_currency: total_spent.currency } : {}),
    ...(last_order_at ? { last_order_at } : {}),
  };
  return { kind: "state", person, at, state: { of: "orders", facts } };
}
