/**
 * PayPal's orders and invoices, with their buyers.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  id,
  identify,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
  track,
} from "../../src/contract/adapter.ts";
import { amount, money } from "./payments.ts";

const { text } = maybe;
const name = optional(z.object(each(text, "given_name", "surname")));

/** A payer. */
export const payer = optional(z.object({ ...each(text, "payer_id", "email_address"), name }));

type Payer = z.output<typeof payer>;

const order = z.object({
  id,
  payer,
  purchase_units: z.array(
    z.object({
      amount,
      custom_id: text,
      payments: optional(z.object({ captures: optional(list(z.object({ id }))) })),
    }),
  ),
});

const reversedApproval = z.object({ order_id: id });

const invoice = z.object({
  invoice: z.object({
    id,
    status: decisive(anyText),
    amount,
    detail: optional(z.object({ invoice_number: text })),
    primary_recipients: optional(z.array(z.object({ billing_info: optional(z.object({ email_address: text })) }))),
  }),
});

/**
 * The person of a payer: the address is an account's, or typed by a guest.
 * @param customId what the company wrote beside the order or the subscription
 */
export function buyer(from: Payer, customId: Maybe<string>, leads: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({
    record: { payer_id: from?.payer_id, custom_id: customId },
    email: claimed(from?.email_address),
    ids: [personId("payer", from?.payer_id), ...leads],
  });
}

/** The payer's name. */
export function namesOf(from: Payer): Properties {
  return { first_name: from?.name?.given_name, last_name: from?.name?.surname };
}

function buyerOf(o: z.output<typeof order>): PersonFacts {
  const captures = o.purchase_units.flatMap((unit) => unit.payments?.captures ?? []);
  return buyer(o.payer, o.purchase_units[0]?.custom_id, [
    reference("order", o.id),
    ...captures.map((made) => reference("transaction", made.id)),
  ]);
}

/** An order approved by the buyer, not yet captured. */
export const onApprovedOrder = on(order, (o) => [
  identify(buyerOf(o), namesOf(o.payer)),
  track(buyerOf(o), "Checkout Approved", { order_id: o.id, ...money("amount", o.purchase_units[0]?.amount) }),
]);

/** Links captures, which name no person, with the buyer. */
export const onCompletedOrder = on(order, (o) => identify(buyerOf(o), namesOf(o.payer)));

/** An approval that expired without a capture. */
export const onReversedApproval = on(reversedApproval, (r) =>
  track(person({ ids: [reference("order", r.order_id)] }), "Checkout Expired", { order_id: r.order_id }),
);

/**
 * A paid invoice; also sent for partial and pending payments.
 * @see https://developer.paypal.com/docs/invoicing/webhooks
 */
export const onPaidInvoice = on(invoice, ({ invoice: i }): MapResult => {
  if (i.status === "PAYMENT_PENDING") return ignore("the payment is pending");
  return invoiceEvent(i.status === "PARTIALLY_PAID" ? "Invoice Partially Paid" : "Invoice Paid", i);
});

/** Any other invoice event. */
export function onInvoice(event: string) {
  return on(invoice, ({ invoice: i }) => invoiceEvent(event, i));
}

/** The payment is a sale or a capture, which carries the total. */
function invoiceEvent(event: string, i: z.output<typeof invoice>["invoice"]): Draft {
  const email = claimed(i.primary_recipients?.[0]?.billing_info?.email_address);
  return track(person({ email, ids: [reference("invoice", i.id)] }), event, {
    invoice_id: i.id,
    invoice_number: i.detail?.invoice_number,
    ...money("amount", i.amount),
  });
}
