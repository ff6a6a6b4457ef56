/**
 * Braintree's transactions: payments, their settlement and disputes.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  fromDecimal,
  id,
  identify,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  track,
} from "../../src/contract/adapter.ts";

const { text, decimal, currency } = maybe;

const customer = optional(z.object(each(text, "id", "email", "phone", "company", "first-name", "last-name")));

/** A transaction, as an object of its own or inside a subscription. */
export const transaction = z.object({
  id,
  ...each(text, "order-id", "payment-instrument-type", "processor-response-code", "processor-response-text"),
  "refunded-transaction-id": maybe.id,
  amount: decimal,
  "currency-iso-code": currency,
  customer,
});

const settlement = z.object({ transaction });

const dispute = z.object({
  dispute: z.object({
    id,
    ...each(text, "kind", "status", "reason"),
    "amount-disputed": decimal,
    "currency-iso-code": currency,
    "reply-by-date": maybe.isoTime,
    transaction: optional(z.object({ id })),
  }),
});

const account = z.object({ token: text, "customer-id": id });

/** A payment method; its kind is the name of the subject. */
export const revokedMethod = z
  .record(z.string(), account)
  .transform((subject): unknown => Object.entries(subject)[0])
  .pipe(z.tuple([z.string(), account]));

type Customer = z.output<typeof customer>;
type Transaction = z.output<typeof transaction>;

/** The payer, with all references to them. */
export function customerOf(c: Customer, ids: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({ record: c, email: claimed(c?.email), phone: c?.phone, ids: [personId("customer", c?.id), ...ids] });
}

/** Traits of the payer; none if the customer's record is missing. */
export function identified(facts: PersonFacts, c: Customer): readonly Draft[] {
  return c ? [identify(facts, { first_name: c["first-name"], last_name: c["last-name"], company: c.company })] : [];
}

/** Properties of a payment, with its amount named `sum`. */
export function paid(sum: string, t: Maybe<Transaction>): Properties {
  return {
    transaction_id: t?.id,
    order_id: t?.["order-id"],
    ...money(sum, t?.amount, t?.["currency-iso-code"]),
    payment_method: t?.["payment-instrument-type"],
    response_code: t?.["processor-response-code"],
    response: t?.["processor-response-text"],
  };
}

function money(name: string, amount: Maybe<string>, code: Maybe<string>): Properties {
  return moneyProperties(name, amount && code ? fromDecimal(amount, code) : null);
}

/** The end of a bank debit, or of a refund: a transaction of its own that names the refunded one. */
export function onSettlement(event: string) {
  return on(settlement, ({ transaction: t }) => {
    const ids = [reference("transaction", t.id), reference("transaction", t["refunded-transaction-id"])];
    return track(customerOf(t.customer, ids), event, paid("amount", t));
  });
}

/** The start or end of a dispute. */
export function onDispute(event: string) {
  return on(dispute, ({ dispute: d }) =>
    track(person({ ids: [reference("transaction", d.transaction?.id)] }), event, {
      dispute_id: d.id,
      transaction_id: d.transaction?.id,
      dispute_kind: d.kind,
      status: d.status,
      reason: d.reason,
      ...money("amount", d["amount-disputed"], d["currency-iso-code"]),
      due_at: d["reply-by-date"],
    }),
  );
}

/** A payment method revoked by the customer. */
export function revoked([kind, method]: z.output<typeof revokedMethod>): Draft {
  const owner = method["customer-id"];
  const facts = person({ record: { id: owner }, ids: [personId("customer", owner)] });
  return track(facts, "Payment Method Revoked", { payment_method: kind });
}
