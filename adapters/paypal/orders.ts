/**
 * PayPal's orders, with their buyers.
 */
import * as z from "zod";
import type { Maybe, PersonFacts, Traits } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  products,
  reference,
  told,
} from "../../src/contract/adapter.ts";
import { checkoutExpired, ownEvents } from "../../src/vocabulary/adapter.ts";
import { amount, customOf, money, moneyOf } from "./payments.ts";
import type { PAYPAL } from "./plan.schema.ts";

const own = ownEvents<typeof PAYPAL>();

const { text } = maybe;
/** A name. */
export const name = optional(z.object(each(text, "given_name", "surname")));

/** A payer. */
export const payer = optional(z.object({ ...each(text, "payer_id", "email_address"), name }));

type Payer = z.output<typeof payer>;

const order = z.object({
  id,
  payer,
  purchase_units: z.array(
    z.object({
      amount,
      ...each(text, "custom_id", "invoice_id"),
      items: optional(
        list(z.object({ ...each(text, "name", "sku", "url", "image_url"), quantity: maybe.number, unit_amount: amount })),
      ),
      payments: optional(z.object({ captures: optional(list(z.object({ id }))) })),
    }),
  ),
});

const reversedApproval = z.object({ order_id: id });

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
export function namesOf(from: Payer): Traits {
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
export const onApprovedOrder = on(order, (o) => {
  const [unit] = o.purchase_units;
  const { amount: value, items } = unit ?? {};
  const currency = value?.code;
  return [
    identify(buyerOf(o), told(namesOf(o.payer))),
    own("Checkout Approved")(
      buyerOf(o),
      {
        order_id: o.id,
        invoice_number: unit?.invoice_id,
        ...money("value", value),
        ...products(
          items?.map(({ unit_amount: price, ...item }) => ({
            ...item,
            price: price?.code === currency ? moneyOf(price)?.amount : null,
          })),
        ),
      },
      customOf(unit?.custom_id),
    ),
  ];
});

/** Links captures, which name no person, with the buyer. */
export const onCompletedOrder = on(order, (o) => identify(buyerOf(o), told(namesOf(o.payer))));

/** An approval that expired without a capture. */
export const onReversedApproval = on(reversedApproval, (r) =>
  checkoutExpired(person({ ids: [reference("order", r.order_id)] }), { order_id: r.order_id }),
);
