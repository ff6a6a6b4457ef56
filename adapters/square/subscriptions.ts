/**
 * Square's subscriptions and invoices.
 */
import * as z from "zod";
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  ignore,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { money } from "./payments.ts";

const invoice = z.object({
  invoice: z.object({
    id,
    status: text,
    ...each(maybe.id, "order_id", "subscription_id"),
    ...each(maybe.text, "invoice_number", "title", "public_url"),
    scheduled_at: maybe.isoTime,
    primary_recipient: optional(
      z.object({
        customer_id: maybe.id,
        ...each(maybe.text, "email_address", "phone_number", "given_name", "family_name"),
      }),
    ),
    payment_requests: optional(z.array(z.object({ due_date: maybe.isoTime, computed_amount_money: money }))),
  }),
});

type Invoice = z.output<typeof invoice>["invoice"];

const subscription = z.object({
  subscription: z.object({
    id,
    status: text,
    ...each(maybe.id, "customer_id", "plan_variation_id", "plan_id"),
    ...each(maybe.isoTime, "start_date", "canceled_date", "charged_through_date"),
  }),
});

type Subscription = z.output<typeof subscription>["subscription"];

const CHANGES: ReadonlyMap<string, string> = new Map([
  ["ACTIVE", "Subscription Updated"],
  ["PAUSED", "Subscription Paused"],
  ["CANCELED", "Subscription Cancelled"],
  ["DEACTIVATED", "Subscription Expired"],
  ["COMPLETED", "Subscription Expired"],
]);

/** An invoice event. */
export function onInvoice(event: string) {
  return on(invoice, ({ invoice: i }) => invoiceEvent(event, i));
}

/** A payment of an invoice. The payment's own event carries the `total`. */
export const onInvoicePayment = on(invoice, ({ invoice: i }) =>
  invoiceEvent(i.status === "PAID" ? "Invoice Paid" : "Invoice Partially Paid", i),
);

function invoiceEvent(event: string, i: Invoice): readonly Draft[] {
  const r = i.primary_recipient;
  const facts = person({
    email: claimed(r?.email_address),
    phone: r?.phone_number,
    ids: [
      personId("customer", r?.customer_id),
      reference("invoice", i.id),
      reference("order", i.order_id),
      reference("subscription", i.subscription_id),
    ],
  });
  const request = i.payment_requests?.at(-1);
  return [
    identify(facts, { first_name: r?.given_name, last_name: r?.family_name }),
    track(facts, event, {
      invoice_id: i.id,
      ...pick(i, "invoice_number", "order_id", "subscription_id", "title"),
      invoice_url: i.public_url,
      // Published; the invoice is sent at this time.
      scheduled_at: i.status === "SCHEDULED" ? i.scheduled_at : null,
      due_at: request?.due_date,
      ...moneyProperties("amount_due", request?.computed_amount_money),
    }),
  ];
}

/** A new subscription, which starts now or later. */
export const onNewSubscription = on(
  subscription,
  ({ subscription: s }): MapResult =>
    s.status === "ACTIVE" || s.status === "PENDING"
      ? subscriptionEvent("Subscription Started", s)
      : ignore("the subscription has not started"),
);

/** A changed subscription: its status says which event it is. */
export const onChangedSubscription = on(subscription, ({ subscription: s }): MapResult => {
  const event = CHANGES.get(s.status);
  return event ? subscriptionEvent(event, s) : ignore("no event for this status");
});

function subscriptionEvent(event: string, s: Subscription): Draft {
  const facts = person({ ids: [personId("customer", s.customer_id), reference("subscription", s.id)] });
  return track(facts, event, {
    subscription_id: s.id,
    plan_id: s.plan_variation_id ?? s.plan_id,
    status: s.status.toLowerCase(),
    starts_at: s.start_date,
    ends_at: s.canceled_date,
    charged_until: s.charged_through_date,
  });
}
