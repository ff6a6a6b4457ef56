/**
 * The event ids of Shopify's webhooks. Shopify's own ids are in unsigned headers, so an id is made of the body:
 * where a topic tells a fact that an object has once, of the object, so that the same object under a false topic adds nothing; else of
 * the whole body.
 */
import * as z from "zod";
import { type Arrival, each, maybe, optional, parseAs } from "../../src/contract/adapter.ts";
import { cartToken } from "./carts.ts";

/** Fields that identify an object and one state of it. */
const names = z.object({
  ...each(
    maybe.id,
    "id",
    "token",
    "subscription_contract_id",
    "cycle_index",
    "revision_id",
    "admin_graphql_api_id",
    "idempotency_key",
  ),
  ...each(maybe.text, "shipment_status", "current_total_price", "total_price"),
  ...each(maybe.isoTime, "updated_at", "invoice_sent_at"),
  fulfillments: optional(z.array(z.object({ id: maybe.id }))),
});

type Names = z.output<typeof names>;

/**
 * Facts that an object has once, or again only after so long that the first is forgotten: `null` where the body does not name it.
 * An active subscription contract was created or resumed: its body does not say which, so one revision of it counts once.
 */
const FACTS: ReadonlyMap<string, (body: Names, type: string) => readonly (string | null | undefined)[]> = new Map(
  Object.entries({
    "customers/create": ofObject,
    "customers/enable": ofObject,
    "customers/disable": ofObject,
    "carts/create": ({ token }, type) => [type, token && cartToken.parse(token)],
    "checkouts/create": ({ token }, type) => [type, token],
    "orders/create": ({ id }) => ["sale", id],
    "orders/paid": ofPayment,
    "orders/updated": ({ id, updated_at }, type) => [type, id, updated_at],
    "orders/cancelled": ofObject,
    "orders/fulfilled": ofParcel,
    "orders/partially_fulfilled": ofParcel,
    "fulfillments/create": ofDelivery,
    "fulfillments/update": ofDelivery,
    "draft_orders/create": ofInvoice,
    "draft_orders/update": ofInvoice,
    "company_contacts/create": ({ admin_graphql_api_id: contact }, type) => [type, contact],
    "company_contacts/update": ({ admin_graphql_api_id: contact, updated_at }, type) => [type, contact, updated_at],
    "returns/request": ofObject,
    "returns/approve": ofObject,
    "returns/decline": ofObject,
    "returns/cancel": ofObject,
    "returns/close": ofObject,
    "disputes/create": ofObject,
    "disputes/update": ofObject,
    "subscription_contracts/create": (body) => ofContract(body, "subscription_contracts/active"),
    "subscription_contracts/activate": (body) => ofContract(body, "subscription_contracts/active"),
    "subscription_contracts/pause": ofContract,
    "subscription_contracts/cancel": ofContract,
    "subscription_contracts/expire": ofContract,
    "subscription_contracts/fail": ofContract,
    "subscription_billing_attempts/success": ofAttempt,
    "subscription_billing_attempts/failure": ofAttempt,
    "subscription_billing_attempts/challenged": ofAttempt,
    "subscription_billing_cycles/skip": ofCycle,
    "subscription_billing_cycles/unskip": ofCycle,
  } satisfies Record<string, (body: Names, type: string) => readonly (string | null | undefined)[]>),
);

/** Topics with the same body: one body counts once, under whichever of them it arrives first. */
const ALIKE: ReadonlyMap<string, string> = new Map([
  ["customer.tags_added", "customer.tags"],
  ["customer.tags_removed", "customer.tags"],
  ["fulfillments/create", "fulfillments"],
  ["fulfillments/update", "fulfillments"],
]);

function ofObject({ id }: Names, type: string) {
  return [type, id];
}

/** An order is paid again after an edit made it dearer. Which of its payments were told is known by their sum. */
function ofPayment({ id, current_total_price: worth, total_price: total }: Names, type: string) {
  return [type, id, worth ?? total];
}

/** A contract that is paused, resumed and paused again has other revisions; the same body under a false topic has the same. */
function ofContract({ id, revision_id: revision }: Names, type: string) {
  return [type, id, revision ?? ""];
}

/** The latest parcel. */
function ofParcel({ id, fulfillments }: Names, type: string) {
  return [type, id, fulfillments?.at(-1)?.id ?? ""];
}

/** A parcel arrives once. */
function ofDelivery({ id, shipment_status: status }: Names) {
  return ["fulfillments", status === "delivered" ? id : null, status];
}

/** A draft changes often; its invoice was sent at one time. */
function ofInvoice({ id, invoice_sent_at: sent }: Names) {
  return ["draft_orders", id, sent];
}

function ofAttempt({ subscription_contract_id: contract, idempotency_key: key }: Names, type: string) {
  return [type, contract, key];
}

function ofCycle({ subscription_contract_id: contract, cycle_index: index }: Names, type: string) {
  return [type, contract, index];
}

/**
 * The dedupe id of an event.
 * @param type the topic
 * @param body an object; an empty one for any other body
 */
export function eventIdOf(type: string, body: unknown, arrival: Pick<Arrival, "bodyHash">): string {
  const known = parseAs(names, body);
  const parts = FACTS.get(type)?.(known, type) ?? [];
  const isNamed = parts.length > 0 && parts.every((part) => part !== null && part !== undefined);
  return isNamed ? parts.join(":") : `${ALIKE.get(type) ?? type}:${arrival.bodyHash}`;
}
