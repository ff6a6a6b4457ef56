/**
 * Stripe's records in the form of the events that they must have had.
 *
 * @see https://docs.stripe.com/api/events/types
 */
import * as z from "zod";
import { each, id, maybe, optional } from "../../src/contract/adapter.ts";
import type { PastWebhook } from "../../src/contract/history.ts";

const { integer, text } = maybe;

/** A record of a list, as it came. */
export interface Item {
  readonly [field: string]: unknown;
  readonly id: string;
}

const record = z.object({ id, created: z.int(), livemode: z.boolean() });

/** Which record an event is about. */
type Told = z.output<typeof record>;

/** A time of Stripe's, ISO 8601. */
export function iso(second: number): string {
  return new Date(second * 1000).toISOString();
}

/** An event as Stripe would have sent it. Its id is made of the fact, and so is no id of Stripe's own. */
function told(
  type: string,
  { id: recordId, livemode }: Told,
  object: object,
  at: number,
  more: { readonly id?: string; readonly before?: object } = {},
): PastWebhook {
  const event = { object: "event", id: more.id ?? `${type}:${recordId}`, type, created: at, livemode };
  return { at: iso(at), body: { ...event, data: { object, ...(more.before && { previous_attributes: more.before }) } } };
}

const charge = record.extend({
  amount: integer,
  amount_refunded: integer,
  paid: maybe.boolean,
  refunds: optional(z.object({ data: z.array(z.object({ id, amount: z.int(), created: z.int(), status: text })) })),
});

const subscription = record.extend({
  status: text,
  ...each(integer, "trial_start", "trial_end", "canceled_at", "ended_at", "cancel_at", "current_period_start"),
  cancel_at_period_end: maybe.boolean,
  items: optional(z.object({ data: z.array(z.object({ current_period_start: integer })) })),
});

const invoice = record.extend({ status_transitions: optional(z.object({ paid_at: integer })) });

/** A customer: new, or known from before. */
export function aboutCustomer(item: Item, since: string): readonly PastWebhook[] {
  const customer = record.safeParse(item).data;
  if (!customer) return [];
  const isNew = iso(customer.created) >= since;
  const event = told(isNew ? "customer.created" : "customer.updated", customer, item, customer.created);
  return [isNew ? event : { ...event, isState: true }];
}

/** Its start, as it must have been; and how it ended, or how it stands if that is not how it began. */
export function aboutSubscription(item: Item): readonly PastWebhook[] {
  const s = subscription.safeParse(item).data;
  // The first payment was never made.
  if (!s || s.status === "incomplete" || s.status === "incomplete_expired") return [];
  const beginning = {
    ...item,
    status: typeof s.trial_start === "number" ? "trialing" : "active",
    ...{ cancel_at: null, cancel_at_period_end: false, canceled_at: null, ended_at: null },
    ...{ cancellation_details: null, pause_collection: null },
  };
  const started = told("customer.subscription.created", s, beginning, s.created);
  if (typeof s.ended_at === "number") return [started, told("customer.subscription.deleted", s, item, s.ended_at)];
  const times = [s.canceled_at, s.current_period_start, s.items?.data[0]?.current_period_start, s.created];
  const at = Math.max(...times.filter((time) => typeof time === "number"));
  const isSame = s.status === beginning.status && at === s.created && !item.pause_collection;
  if (isSame) return [started];
  const stands = told("customer.subscription.updated", s, item, at, { id: `customer.subscription.updated:${s.id}:${at}` });
  return [started, { ...stands, isState: true }];
}

/** A paid invoice. */
export function aboutInvoice(item: Item): readonly PastWebhook[] {
  const i = invoice.safeParse(item).data;
  return i ? [told("invoice.paid", i, item, i.status_transitions?.paid_at ?? i.created)] : [];
}

/** A completed session of Checkout. */
export function aboutSession(item: Item): readonly PastWebhook[] {
  const session = record.safeParse(item).data;
  return session ? [told("checkout.session.completed", session, item, session.created)] : [];
}

/** The charge, and each of its refunds with what was paid back until then. */
export function aboutCharge(item: Item): readonly PastWebhook[] {
  const c = charge.safeParse(item).data;
  if (c?.paid !== true) return [];
  const made = told("charge.succeeded", c, item, c.created);
  const refunds = (c.refunds?.data ?? []).filter(({ status }) => status === "succeeded");
  let sum = 0;
  const returned = refunds
    .toSorted((one, other) => one.created - other.created)
    .map((refund) => {
      const before = { amount_refunded: sum };
      sum += refund.amount;
      const then = { ...item, amount_refunded: sum, refunded: sum === c.amount };
      return told("charge.refunded", c, then, refund.created, { id: `charge.refunded:${refund.id}`, before });
    });
  return [made, ...returned];
}
