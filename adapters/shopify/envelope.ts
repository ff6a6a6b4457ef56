/**
 * What concerns every webhook of Shopify, whatever its topic: options, headers, and what any body may say. Headers are not signed: whose
 * it is, when it happened and whether it is a test says the body alone.
 */
import * as z from "zod";
import type { Arrival, Maybe, VendorEvent } from "../../src/contract/adapter.ts";
import { anyObject, decisive, each, flag, maybe, optional, parseAs, text } from "../../src/contract/adapter.ts";
import { choice } from "./buyers.ts";
import { eventIdOf } from "./event-ids.ts";

/**
 * The order and the customer of every test notification; only the order says itself that it is a test.
 * @see https://shopify.dev/docs/api/webhooks
 */
const SAMPLES: ReadonlySet<string> = new Set(["820982911946154508", "706405506930370084"]);

/** The options of a source. */
export const options = z.strictObject({
  shop: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/)
    .optional()
    .describe("domain of the shop (`….myshopify.com`); used for look-ups; webhooks of other shops are ignored"),
  order_completed_on: z
    .enum(["create", "paid"])
    .default("create")
    .describe("when an order becomes Order Completed: `create` (when it is placed) or `paid`; never both"),
});

/** The values of the options. */
export type Options = z.output<typeof options>;

/** The headers that are kept. */
export const headers = z
  .object({
    ...each(maybe.text, "x-shopify-topic", "shopify-topic"),
    "x-shopify-api-version": maybe.text,
    // Unused; kept for debugging a dead letter.
    ...each(maybe.text, "x-shopify-shop-domain", "x-shopify-triggered-at"),
  })
  .refine((given) => given["x-shopify-topic"] || given["shopify-topic"], { path: ["x-shopify-topic"] });

/** Fields read from every body. Others are left to the handler's schema. */
const envelope = z.object({
  ...each(maybe.id, "id", "order_id", "customer_id"),
  ...each(decisive(text), "shop_domain", "myshopify_domain"),
  test: decisive(flag),
  transactions: decisive(z.array(z.object({ test: decisive(flag) }))),
  ...each(
    maybe.isoTime,
    "processed_at",
    "created_at",
    "updated_at",
    "cancelled_at",
    "initiated_at",
    "invoice_sent_at",
    "occurredAt",
  ),
  email_marketing_consent: optional(choice),
  sms_marketing_consent: optional(choice),
});

/** Some bodies are `null`. */
const anyFields = optional(anyObject);

type Envelope = z.output<typeof envelope>;

/**
 * The vendor event of a body.
 * @param type the topic
 */
export function eventOf(type: string, body: unknown, arrival: Arrival, { shop }: Options): VendorEvent {
  const fields = parseAs(anyFields, body) ?? {};
  const facts = parseAs(envelope, fields);
  const id = eventIdOf(type, fields, arrival);
  // Most bodies do not name their shop; then nothing is compared.
  const tenant = facts.shop_domain ?? facts.myshopify_domain ?? shop;
  const occurredAt = timeOf(type, facts) ?? arrival.receivedAt;
  const event = { id, type, occurredAt, test: isTest(facts), data: body, ...(tenant ? { tenant } : {}) };
  return isUnchanged(type, facts) ? { ...event, ignore: "nothing has changed since it was made" } : event;
}

/** Does a topic about changes carry the body of a new object? */
function isUnchanged(type: string, { created_at, updated_at }: Envelope): boolean {
  return ["carts/update", "checkouts/update", "orders/updated"].includes(type) && !!created_at && created_at === updated_at;
}

function timeOf(topic: string, facts: Envelope): Maybe<string> {
  if (topic === "orders/cancelled") return facts.cancelled_at;
  if (topic.startsWith("draft_orders/")) return facts.invoice_sent_at ?? facts.updated_at;
  if (topic.endsWith("/create")) return facts.processed_at ?? facts.created_at ?? facts.initiated_at ?? facts.updated_at;
  const choices = [facts.email_marketing_consent, facts.sms_marketing_consent];
  return facts.updated_at ?? facts.occurredAt ?? choices.find((choice) => choice?.consent_updated_at)?.consent_updated_at;
}

function isTest(facts: Envelope): boolean {
  const isSample = [facts.id, facts.order_id, facts.customer_id].some((id) => id && SAMPLES.has(id));
  return isSample || facts.test === true || (facts.transactions ?? []).some((transaction) => transaction.test === true);
}
