/**
 * Braintree: subscriptions and their charges, settlements, disputes, revoked payment methods.
 *
 * Each notification is XML in base64, and has no id: kind, subject and time make one. Only the transactions of a subscription hold the
 * customer's record; disputes and settlements name a transaction, and the identity book whose it is.
 *
 * @see https://developer.paypal.com/braintree/docs/guides/webhooks/overview
 */
import * as z from "zod";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { answerText, handshake } from "../src/contract/handshake.ts";
import { fromDecimal, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { hashed } from "../src/contract/verify/keys.ts";
import { listed } from "../src/contract/verify/layouts.ts";
import { base64Xml } from "../src/contract/xml.ts";

/**
 * What Braintree asks to have signed, with the key that signs webhooks, when one is made: never taken for the payload of a webhook.
 * @see https://github.com/braintree/braintree_node/blob/master/lib/braintree/webhook_notification_gateway.js
 */
const CHALLENGE = /^[0-9a-f]{20,32}$/;

const key = hashed("SHA-1");

const options = z.strictObject({
  /** Beside the private key: of several signatures it says which one is ours. */
  public_key: z.string().regex(/^[a-z0-9_]{8,64}$/),
});

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();
const decimal = fields.decimal.nullish();
const integer = fields.integer.nullish();
const currency = fields.currency.nullish();

const customer = z.object({ id: text, email: text, phone: text, company: text, "first-name": text, "last-name": text }).nullish();

const transaction = z.object({
  id,
  status: text,
  amount: decimal,
  "currency-iso-code": currency,
  "order-id": text,
  "payment-instrument-type": text,
  "processor-response-code": text,
  "processor-response-text": text,
  customer,
});

/** The latest transaction comes first. */
const subscription = z
  .object({
    subscription: z.object({
      id,
      status: text,
      "plan-id": text,
      "current-billing-cycle": integer,
      "trial-period": fields.flag.nullish(),
      "next-billing-date": time,
      "paid-through-date": time,
      "billing-period-start-date": time,
      "billing-period-end-date": time,
      "failure-count": integer,
      "days-past-due": integer,
      transactions: z.array(transaction).nullish(),
    }),
  })
  .transform(({ subscription: s }) => ({ ...s, latest: s.transactions?.[0] }));

const settlement = z.object({ transaction });

const dispute = z.object({
  dispute: z.object({
    id,
    kind: text,
    status: text,
    reason: text,
    "amount-disputed": decimal,
    "currency-iso-code": currency,
    "reply-by-date": time,
    transaction: z.object({ id }).nullish(),
  }),
});

const account = z.object({ token: text, "customer-id": id });

/** The subject is named after the kind of payment method. */
const revokedMethod = z
  .record(z.string(), account)
  .transform((subject): unknown => Object.entries(subject)[0])
  .pipe(z.tuple([z.string(), account]));

/** What the id of an event is made of, beside its kind and time. */
const named = z.record(z.string(), z.looseObject({ id })).transform((subject) => Object.values(subject)[0]?.id);

export default defineAdapter({
  id: "braintree",
  name: "Braintree",
  docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/overview",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Private key of an API key; its public key is the option public_key",
    demo: "tributary_demo_braintree_private",
  },
  verify: ({ public_key }) =>
    hmac({
      hash: "SHA-1",
      field: "bt_signature",
      encoding: "hex",
      covers: "body",
      layout: listed(`${public_key}|`, "&"),
      key,
      format: "form",
      message: ({ content }) => {
        const payload = content("bt_payload");
        return [payload !== null && CHALLENGE.test(payload) ? null : payload];
      },
    }),
  handshakes: ({ public_key }) => [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.object({ bt_challenge: z.string().regex(CHALLENGE) }) }),
      answer: async ({ query }, tools) =>
        answerText(`${public_key}|${await tools.hmac("SHA-1", query.bt_challenge, "hex", key)}`),
    }),
  ],
  options,
  demoOptions: { public_key: "demo_public_key" },
  format: "form",
  webhook: z.object({
    body: z.object({
      bt_payload: base64Xml
        .transform((xml): unknown => xml)
        .pipe(z.object({ notification: z.object({ kind: fields.text, timestamp: fields.isoTime, subject: z.unknown() }) })),
    }),
  }),
  // What is signed is one field of the form, and not the rest: a hash of the whole body would be no id.
  events: ({ body: { bt_payload } }) => {
    const { kind: type, timestamp, subject } = bt_payload.notification;
    const id = [type, named.safeParse(subject).data ?? revokedMethod.safeParse(subject).data?.[1].token, timestamp];
    return [{ id: id.join(":"), type, occurredAt: timestamp, test: false, data: subject }];
  },
  handlers: {
    // The first payment; or, after the subscription was past due, the one that was overdue.
    subscription_went_active: on(subscription, (s) => {
      const isFirst = s["current-billing-cycle"] === 1 && s["trial-period"] !== true;
      return subscriptionEvent(isFirst ? "Subscription Started" : "Subscription Reactivated", s);
    }),
    subscription_charged_successfully: on(subscription, (s) => charged("Payment Succeeded", "total", s)),
    subscription_charged_unsuccessfully: on(subscription, (s) => charged("Payment Failed", "amount", s)),
    subscription_went_past_due: onSubscription("Subscription Past Due"),
    subscription_trial_ended: onSubscription("Trial Ended"),
    subscription_canceled: onSubscription("Subscription Cancelled"),
    subscription_expired: onSubscription("Subscription Expired"),
    subscription_billing_skipped: ignore("nothing was to be paid"),

    transaction_settled: onSettlement("Payment Settled"),
    transaction_settlement_declined: onSettlement("Payment Failed"),
    transaction_disbursed: ignore("about the merchant, not a customer"),

    dispute_opened: onDispute("Dispute Opened"),
    dispute_won: onDispute("Dispute Closed"),
    dispute_lost: onDispute("Dispute Closed"),
    dispute_accepted: onDispute("Dispute Closed"),
    dispute_auto_accepted: onDispute("Dispute Closed"),
    dispute_expired: onDispute("Dispute Closed"),
    ...ignoring("a step of a dispute, not its end", "dispute_disputed dispute_under_review"),

    payment_method_revoked_by_customer: on(revokedMethod, ([kind, method]) =>
      track(
        person({ record: { id: method["customer-id"] }, ids: [personId("customer", method["customer-id"])] }),
        "Payment Method Revoked",
        {
          payment_method: kind,
        },
      ),
    ),
    check: ignore("a test of the connection"),
  },
  otherwise: ignore("about the merchant, not a customer"),
  habits: {
    timeoutSeconds: 30,
    retries: "every hour for 24 hours, in the sandbox for 3",
    givesUp: "nothing: each notification is tried on its own",
    setup: [
      "In the Braintree Control Panel open the gear > API, and under API Keys the key pair of this source: its private key is the secret, its public key the option public_key.",
      "Deploy that, for Braintree asks for proof at once: then, under Webhooks, choose Create new Webhook with the URL of this source.",
      "Select the Subscription and Dispute kinds, and Transaction settled and settlement declined where you take bank debits. Use Check URL for a test.",
      "The sandbox is an account of its own and does not mark what it sends: give it to a staging account only.",
      'Where your backend makes your user id the customer id, set user_id_from = ["id"].',
    ],
  },
});

type Customer = z.output<typeof customer>;
type Subscription = z.output<typeof subscription>;
type Transaction = z.output<typeof transaction>;

function customerOf(c: Customer, ids: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({ record: c, email: claimed(c?.email), phone: c?.phone, ids: [personId("customer", c?.id), ...ids] });
}

function subscriberOf(s: Subscription): PersonFacts {
  const transactions = (s.transactions ?? []).map((made) => reference("transaction", made.id));
  return customerOf(s.latest?.customer, [reference("subscription", s.id), ...transactions]);
}

function identified(facts: PersonFacts, c: Customer): readonly Draft[] {
  return c ? [identify(facts, { first_name: c["first-name"], last_name: c["last-name"], company: c.company })] : [];
}

function money(name: string, amount: Maybe<string>, code: Maybe<string>): Properties {
  return moneyProperties(name, amount && code ? fromDecimal(amount, code) : null);
}

function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

function subscriptionEvent(event: string, s: Subscription): MapResult {
  const facts = subscriberOf(s);
  return [...identified(facts, s.latest?.customer), track(facts, event, about(s))];
}

function about(s: Subscription): Properties {
  return {
    subscription_id: s.id,
    plan_id: s["plan-id"],
    status: s.status,
    billing_cycle: s["current-billing-cycle"],
    current_period_start: s["billing-period-start-date"],
    current_period_end: s["billing-period-end-date"],
    paid_through: s["paid-through-date"],
    next_billing_at: s["next-billing-date"],
    days_past_due: s["days-past-due"],
  };
}

/** @param sum what the amount is called: only a sale has a `total` */
function charged(event: string, sum: "total" | "amount", s: Subscription): MapResult {
  const facts = subscriberOf(s);
  return [
    ...identified(facts, s.latest?.customer),
    track(facts, event, { ...about(s), failure_count: s["failure-count"], ...paid(sum, s.latest) }),
  ];
}

function paid(sum: string, t: Maybe<Transaction>): Properties {
  return {
    transaction_id: t?.id,
    order_id: t?.["order-id"],
    ...money(sum, t?.amount, t?.["currency-iso-code"]),
    payment_method: t?.["payment-instrument-type"],
    response_code: t?.["processor-response-code"],
    response: t?.["processor-response-text"],
  };
}

function onSettlement(event: string) {
  return on(settlement, ({ transaction: t }) =>
    track(customerOf(t.customer, [reference("transaction", t.id)]), event, paid("amount", t)),
  );
}

function onDispute(event: string) {
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
