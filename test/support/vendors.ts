/**
 * Webhooks of invented people, as the vendors would send them: fixtures with other ids, addresses and times.
 *
 * Each function takes `at`, milliseconds since 1970, and `key`, which makes the event's id: the same key is the same event, sent again.
 */
import * as z from "zod";
import { fixturesOf } from "./fixtures.ts";

/** A webhook that was verified. */
export interface Webhook {
  /** The source's name. */
  readonly source: string;
  /** The vendor's adapter. */
  readonly adapter: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When an event happened, and what makes its id. */
export interface Moment {
  readonly at: number;
  readonly key: string;
}

type Json = z.core.util.JSONType;

const templates = new Map<string, { readonly body: Json; readonly headers: Readonly<Record<string, string>> }>();

function templateOf(adapter: string, name: string) {
  const place = `${adapter}/${name}`;
  const known = templates.get(place);
  if (known !== undefined) return known;
  const fixture = fixturesOf(adapter).find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`there is no fixture ${place}`);
  const template = { body: z.json().parse(JSON.parse(fixture.text)), headers: fixture.headers };
  templates.set(place, template);
  return template;
}

/** The value with another one at a path; `undefined` removes what is there. */
function withValue(value: Json, path: readonly string[], given: Json | undefined): Json {
  const [name, ...rest] = path;
  if (name === undefined) return given ?? null;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === name ? withValue(item, rest, given) : item));
  const fields = typeof value === "object" && value !== null ? value : {};
  if (rest.length > 0) return { ...fields, [name]: withValue(fields[name] ?? {}, rest, given) };
  const { [name]: _, ...others } = fields;
  return given === undefined ? others : { ...others, [name]: given };
}

/**
 * A fixture with other values.
 * @param changes by dotted path into the body; `undefined` removes a field
 */
export function made(
  adapter: string,
  fixture: string,
  changes: Readonly<Record<string, Json | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Webhook {
  const template = templateOf(adapter, fixture);
  const body = Object.entries(changes).reduce(
    (changed, [path, value]) => withValue(changed, path.split("."), value),
    template.body,
  );
  return { source: adapter, adapter, headers: { ...template.headers, ...headers }, body: JSON.stringify(body) };
}

const seconds = (at: number): number => Math.floor(at / 1000);
const iso = (at: number): string => new Date(at).toISOString();

/** A number that depends on a text alone, for vendors whose ids are numbers. */
export function numberFor(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 900_000_007;
  return 1_000_000 + hash;
}

/** A user of an auth vendor. */
export interface User {
  readonly id: string;
  /** The company's own id for the user. */
  readonly externalId?: string | null;
  readonly email: string | null;
  readonly isVerified?: boolean;
  readonly firstName?: string | null;
  readonly phone?: string | null;
}

/** Clerk. */
export const clerk = {
  user: (type: "created" | "updated", user: User, { at, key }: Moment): Webhook =>
    made(
      "clerk",
      `user.${type}`,
      {
        "data.id": user.id,
        "data.external_id": user.externalId ?? null,
        "data.email_addresses":
          user.email === null
            ? []
            : [
                {
                  id: "idn_2",
                  object: "email_address",
                  email_address: user.email,
                  verification: { status: user.isVerified === false ? "unverified" : "verified", strategy: "email_code" },
                },
              ],
        "data.first_name": user.firstName ?? null,
        "data.last_name": null,
        "data.locale": null,
        "data.phone_numbers": user.phone ? [{ id: "idn_3", object: "phone_number", phone_number: user.phone }] : [],
        "data.private_metadata": {},
        "data.public_metadata": {},
        "data.created_at": 1795000000000,
        "data.updated_at": at,
        "data.last_sign_in_at": null,
        timestamp: at,
      },
      { "svix-id": `msg_${key}` },
    ),
  deleted: (id: string, { at, key }: Moment): Webhook =>
    made("clerk", "user.deleted", { "data.id": id, timestamp: at }, { "svix-id": `msg_${key}` }),
  signedIn: (id: string, { at, key }: Moment): Webhook =>
    made(
      "clerk",
      "session.created",
      { "data.user_id": id, "data.id": `sess_${key}`, timestamp: at },
      { "svix-id": `msg_${key}` },
    ),
};

/** Auth0. */
export const auth0 = {
  user: (type: "created" | "updated", { id, email, isVerified = true, firstName }: User, { at, key }: Moment): Webhook =>
    made("auth0", `user.${type}`, {
      id: `evt_${key}`,
      time: iso(at),
      "data.object.user_id": `auth0|${id}`,
      "data.object.email": email ?? undefined,
      "data.object.email_verified": isVerified,
      "data.object.name": undefined,
      "data.object.given_name": firstName ?? undefined,
      "data.object.family_name": undefined,
      "data.object.created_at": iso(1795000000000),
      "data.object.updated_at": iso(at),
      "data.object.identities.0.user_id": id,
    }),
  /** A line of the log, which holds the user's name at the vendor: most often the address. */
  log: (id: string, email: string, { at, key }: Moment): Webhook =>
    made("auth0", "sce", {
      "0.log_id": `9002026_${key}`,
      "0.data.date": iso(at),
      "0.data.user_id": `auth0|${id}`,
      "0.data.user_name": email,
      "0.data.log_id": key,
    }),
};

/** A customer of a payment vendor or a shop. */
export interface Customer {
  readonly id: string;
  readonly email: string | null;
  /** Written by the company's own backend. */
  readonly userId?: string | null;
  readonly name?: string | null;
  readonly phone?: string | null;
}

/** Stripe. */
export const stripe = {
  customer: (type: "created" | "updated" | "deleted", customer: Customer, { at, key }: Moment): Webhook =>
    made("stripe", `customer.${type}`, {
      id: `evt_${key}`,
      created: seconds(at),
      "data.object.id": `cus_${customer.id}`,
      "data.object.email": customer.email,
      "data.object.name": customer.name ?? null,
      "data.object.phone": customer.phone ?? null,
      "data.object.created": 1795000000,
      "data.object.preferred_locales": [],
      "data.object.metadata": customer.userId ? { user_id: customer.userId } : {},
      "data.previous_attributes": undefined,
    }),
  /** Names the customer alone, as most events of Stripe do. */
  invoicePaid: (customer: string, { at, key }: Moment): Webhook =>
    made("stripe", "invoice.paid", {
      id: `evt_${key}`,
      created: seconds(at),
      "data.object.id": `in_${key}`,
      "data.object.customer": `cus_${customer}`,
      "data.object.customer_email": null,
      "data.object.parent.subscription_details.metadata": {},
      "data.object.parent.subscription_details.subscription": `sub_${customer}`,
      "data.object.metadata": {},
    }),
  /** A payment of a guest, or of a customer. */
  paid: (
    payment: string,
    payer: { readonly customer: string | null; readonly email: string | null },
    { at, key }: Moment,
  ): Webhook =>
    made("stripe", "payment_intent.succeeded", {
      id: `evt_${key}`,
      created: seconds(at),
      "data.object.id": `pi_${payment}`,
      "data.object.latest_charge": `ch_${payment}`,
      "data.object.customer": payer.customer === null ? null : `cus_${payer.customer}`,
      "data.object.receipt_email": payer.email,
      "data.object.metadata": {},
    }),
  /** A guest's checkout, with what the guest typed and, perhaps, a ticked box. */
  checkout: (
    session: string,
    guest: { readonly email: string; readonly name?: string; readonly phone?: string; readonly isOptedIn?: boolean },
    { at, key }: Moment,
  ): Webhook =>
    made("stripe", "checkout.session.completed.payment_link", {
      id: `evt_${key}`,
      created: seconds(at),
      "data.object.id": `cs_${session}`,
      "data.object.created": seconds(at),
      "data.object.customer": null,
      "data.object.customer_details.email": guest.email,
      "data.object.customer_details.name": guest.name ?? null,
      "data.object.customer_details.phone": guest.phone ?? null,
      "data.object.consent": guest.isOptedIn ? { promotions: "opt_in", terms_of_service: null } : null,
      "data.object.client_reference_id": null,
      "data.object.payment_intent": `pi_${session}`,
      "data.object.metadata": {},
    }),
  /** Names only the payment. */
  disputed: (payment: string, { at, key }: Moment): Webhook =>
    made("stripe", "charge.dispute.created", {
      id: `evt_${key}`,
      created: seconds(at),
      "data.object.id": `du_${key}`,
      "data.object.charge": `ch_${payment}`,
      "data.object.payment_intent": `pi_${payment}`,
      "data.object.evidence": {},
      "data.object.metadata": {},
    }),
};

/** Shopify. The event's id is a hash of its body, so each has a time of its own. */
export const shopify = {
  customer: (
    type: "create" | "update",
    customer: Customer & {
      readonly isVerified?: boolean;
      readonly consent?: { readonly state: "subscribed" | "unsubscribed"; readonly at: number } | null;
    },
    { at }: Moment,
  ): Webhook =>
    made("shopify", `customers_${type}`, {
      id: numberFor(customer.id),
      email: customer.email,
      verified_email: customer.isVerified ?? true,
      first_name: customer.name ?? null,
      last_name: null,
      phone: customer.phone ?? null,
      // The time of `customers/create` is that of the record.
      created_at: iso(type === "create" ? at : 1795000000000),
      updated_at: iso(at),
      addresses: [],
      default_address: undefined,
      metafields: customer.userId ? [{ namespace: "custom", key: "user_id", value: customer.userId }] : [],
      email_marketing_consent: customer.consent
        ? { state: customer.consent.state, opt_in_level: "single_opt_in", consent_updated_at: iso(customer.consent.at) }
        : undefined,
      admin_graphql_api_id: `gid://shopify/Customer/${numberFor(customer.id)}`,
    }),
  order: (
    order: string,
    buyer: {
      /** `null`: a guest. */
      readonly customer: Customer | null;
      readonly email: string | null;
      readonly phone?: string | null;
    },
    { at }: Moment,
  ): Webhook =>
    made("shopify", buyer.customer === null ? "orders_create.guest" : "orders_create", {
      id: numberFor(order),
      admin_graphql_api_id: `gid://shopify/Order/${numberFor(order)}`,
      email: buyer.email ?? "",
      contact_email: buyer.email,
      phone: buyer.phone ?? null,
      cart_token: null,
      checkout_token: `checkout_${order}`,
      checkout_id: numberFor(`checkout ${order}`),
      note_attributes: [],
      customer_locale: null,
      created_at: iso(at),
      processed_at: iso(at),
      updated_at: iso(at),
      customer:
        buyer.customer === null
          ? null
          : {
              id: numberFor(buyer.customer.id),
              email: buyer.customer.email,
              verified_email: true,
              first_name: buyer.customer.name ?? null,
              last_name: null,
              phone: null,
              state: "enabled",
              currency: "EUR",
              created_at: iso(1795000000000),
              updated_at: iso(at),
            },
    }),
  /** Names only the order. */
  refunded: (order: string, { at, key }: Moment): Webhook =>
    made("shopify", "refunds_create", {
      id: numberFor(key),
      admin_graphql_api_id: `gid://shopify/Refund/${numberFor(key)}`,
      order_id: numberFor(order),
      created_at: iso(at),
      processed_at: iso(at),
      "transactions.0.order_id": numberFor(order),
    }),
  /** Names the order, and the address that was typed at its checkout. */
  fulfilled: (order: string, email: string | null, { at, key }: Moment): Webhook =>
    made("shopify", "fulfillments_create", {
      id: numberFor(key),
      admin_graphql_api_id: `gid://shopify/Fulfillment/${numberFor(key)}`,
      order_id: numberFor(order),
      email,
      created_at: iso(at),
      updated_at: iso(at),
    }),
  consent: (customer: Customer, state: "subscribed" | "unsubscribed", { at }: Moment): Webhook =>
    made("shopify", "customers_email_marketing_consent_update", {
      customer_id: numberFor(customer.id),
      email_address: customer.email,
      email_marketing_consent: { state, opt_in_level: "confirmed_opt_in", consent_updated_at: iso(at) },
    }),
  merged: (kept: string, deleted: string, { at }: Moment): Webhook =>
    made(
      "shopify",
      "customers_merge",
      {
        admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${numberFor(kept)}`,
        admin_graphql_api_customer_deleted_id: `gid://shopify/Customer/${numberFor(deleted)}`,
      },
      { "x-shopify-triggered-at": iso(at) },
    ),
  deleted: (customer: string, { at }: Moment): Webhook =>
    made(
      "shopify",
      "customers_delete",
      { id: numberFor(customer), admin_graphql_api_id: `gid://shopify/Customer/${numberFor(customer)}` },
      { "x-shopify-triggered-at": iso(at) },
    ),
};

/** Shopify's demand, by law, to erase a customer. */
export function shopifyRedacts({ id, email, phone }: Customer, { at }: Moment): Webhook {
  return made(
    "shopify",
    "customers_redact",
    { "customer.id": numberFor(id), "customer.email": email ?? "", "customer.phone": phone ?? "" },
    { "x-shopify-triggered-at": iso(at) },
  );
}

/** A user of a support desk. */
export interface Contact {
  readonly id: string;
  readonly externalId?: string | null;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly phone?: string | null;
}

/** Zendesk. */
export const zendesk = {
  user: (type: "created" | "deleted", contact: Contact, { at, key }: Moment): Webhook =>
    made("zendesk", `user.${type}`, {
      id: key,
      time: iso(at),
      subject: `zen:user:${numberFor(contact.id)}`,
      "detail.id": String(numberFor(contact.id)),
      "detail.external_id": contact.externalId ?? null,
      "detail.email": contact.email ?? null,
      "detail.created_at": iso(1795000000000),
      "detail.updated_at": iso(at),
    }),
  ticket: (requester: string, { at, key }: Moment): Webhook =>
    made("zendesk", "ticket.created", {
      id: key,
      time: iso(at),
      subject: `zen:ticket:${numberFor(key)}`,
      "detail.id": String(numberFor(key)),
      "detail.actor_id": String(numberFor(requester)),
      "detail.requester_id": String(numberFor(requester)),
      "detail.submitter_id": String(numberFor(requester)),
      "detail.created_at": iso(at),
      "detail.updated_at": iso(at),
    }),
};

/** Intercom. */
export const intercom = {
  contact: (
    topic: "contact.user.created" | "contact.user.updated" | "contact.unsubscribed" | "contact.deleted",
    contact: Contact,
    { at, key }: Moment,
  ): Webhook =>
    made("intercom", topic, {
      id: `notif_${key}`,
      created_at: seconds(at),
      "data.item.id": contact.id,
      "data.item.external_id": contact.externalId ?? null,
      ...(topic === "contact.deleted"
        ? {}
        : {
            "data.item.email": contact.email ?? null,
            "data.item.name": contact.name ?? null,
            "data.item.phone": contact.phone ?? null,
            "data.item.created_at": 1795000000,
            "data.item.updated_at": seconds(at),
            "data.item.signed_up_at": 1795000000,
            "data.item.last_seen_at": null,
          }),
    }),
  conversation: (contact: Contact, { at, key }: Moment): Webhook =>
    made("intercom", "conversation.user.created", {
      id: `notif_${key}`,
      created_at: seconds(at),
      "data.item.id": String(numberFor(key)),
      "data.item.created_at": seconds(at),
      "data.item.updated_at": seconds(at),
      "data.item.source.author.id": contact.id,
      "data.item.source.author.email": contact.email ?? null,
      "data.item.source.author.name": contact.name ?? null,
      "data.item.contacts.contacts.0.id": contact.id,
      "data.item.contacts.contacts.0.external_id": contact.externalId ?? null,
    }),
};

/** Typeform: what a visitor typed. */
export const typeform = {
  response: (email: string, { at, key }: Moment, phone: string | null = null): Webhook =>
    made("typeform", "form_response", {
      event_id: key,
      "form_response.token": key,
      "form_response.submitted_at": iso(at),
      "form_response.landed_at": iso(at - 60_000),
      "form_response.hidden": {},
      "form_response.answers.2.email": email,
      "form_response.answers.3.phone_number": phone ?? "+12025550199",
    }),
};

/** Segment. */
export const segment = {
  identify: (
    who: { readonly userId?: string; readonly anonymousId?: string },
    traits: { readonly [name: string]: Json },
    { at, key }: Moment,
  ): Webhook =>
    made("segment", "identify", {
      messageId: key,
      timestamp: iso(at),
      userId: who.userId,
      anonymousId: who.anonymousId,
      traits,
      "context.locale": undefined,
      "context.timezone": undefined,
    }),
  track: (who: { readonly userId?: string; readonly anonymousId?: string }, event: string, { at, key }: Moment): Webhook =>
    made("segment", "track", {
      messageId: key,
      timestamp: iso(at),
      userId: who.userId,
      anonymousId: who.anonymousId,
      event,
      properties: { step: 1 },
      "context.traits": undefined,
    }),
  alias: (userId: string, previousId: string, { at, key }: Moment): Webhook =>
    made("segment", "alias", { messageId: key, timestamp: iso(at), userId, anonymousId: undefined, previousId }),
};

/** RevenueCat. */
export const revenuecat = {
  purchase: (
    who: { readonly appUserId: string; readonly anonymous: string | null; readonly email?: string | null },
    { at, key }: Moment,
  ): Webhook =>
    made("revenuecat", "INITIAL_PURCHASE", {
      "event.id": key,
      "event.event_timestamp_ms": at,
      "event.purchased_at_ms": at,
      "event.app_user_id": who.appUserId,
      "event.original_app_user_id": who.anonymous ?? who.appUserId,
      "event.aliases": [who.appUserId, ...(who.anonymous === null ? [] : [who.anonymous])],
      "event.subscriber_attributes": who.email ? { $email: { value: who.email, updated_at_ms: at } } : {},
      "event.transaction_id": `t_${key}`,
      "event.original_transaction_id": `t_${key}`,
    }),
  transfer: (from: string, to: string, { at, key }: Moment): Webhook =>
    made("revenuecat", "TRANSFER", {
      "event.id": key,
      "event.event_timestamp_ms": at,
      "event.transferred_from": [from],
      "event.transferred_to": [to],
    }),
};

/** PayPal. A payment names its order, a refund only the payment. */
export const paypal = {
  approved: (order: string, email: string, { at, key }: Moment): Webhook =>
    made("paypal", "CHECKOUT.ORDER.APPROVED", {
      id: `WH-${key}`,
      create_time: iso(at),
      "resource.id": order,
      "resource.payer.email_address": email,
      "resource.payer.payer_id": `payer-${order}`,
      "resource.purchase_units.0.custom_id": undefined,
    }),
  captured: (order: string, capture: string, { at, key }: Moment): Webhook =>
    made("paypal", "PAYMENT.CAPTURE.COMPLETED", {
      id: `WH-${key}`,
      create_time: iso(at),
      "resource.id": capture,
      "resource.custom_id": undefined,
      "resource.supplementary_data.related_ids.order_id": order,
    }),
  refunded: (capture: string, { at, key }: Moment): Webhook =>
    made("paypal", "PAYMENT.CAPTURE.REFUNDED", {
      id: `WH-${key}`,
      create_time: iso(at),
      "resource.id": `refund-${key}`,
      "resource.custom_id": undefined,
      "resource.links.1.href": `https://api.paypal.com/v2/payments/captures/${capture}`,
    }),
};

/** SendGrid. */
export const sendgrid = {
  event: (
    event: "unsubscribe" | "spamreport" | "group_unsubscribe" | "group_resubscribe" | "click" | "bounce",
    email: string,
    { at, key }: Moment,
    userId: string | null = null,
  ): Webhook =>
    made("sendgrid", event, {
      "0.email": email,
      "0.timestamp": seconds(at),
      "0.sg_event_id": key,
      "0.user_id": userId ?? undefined,
    }),
};

/** HubSpot. */
export const hubspot = {
  created: (contact: string, { at, key }: Moment): Webhook => hubspotEvent("contact.creation", contact, { at, key }, {}),
  changed: (contact: string, name: string, value: string, moment: Moment): Webhook =>
    hubspotEvent("contact.propertyChange", contact, moment, { propertyName: name, propertyValue: value }),
  deleted: (contact: string, moment: Moment): Webhook => hubspotEvent("contact.deletion", contact, moment, {}),
  /** HubSpot makes a new contact of the two. */
  merged: (primary: string, other: string, result: string, moment: Moment): Webhook =>
    hubspotEvent("contact.merge", result, moment, {
      primaryObjectId: numberFor(primary),
      mergedObjectIds: [numberFor(primary), numberFor(other)],
      newObjectId: numberFor(result),
    }),
};

function hubspotEvent(
  subscriptionType: string,
  contact: string,
  { at, key }: Moment,
  more: { readonly [name: string]: Json },
): Webhook {
  const event = {
    eventId: numberFor(key),
    subscriptionId: 2200001,
    portalId: "demo",
    appId: 330001,
    occurredAt: at,
    attemptNumber: 0,
    changeSource: "CRM_UI",
    subscriptionType,
    objectId: numberFor(contact),
    ...more,
  };
  return { source: "hubspot", adapter: "hubspot", headers: {}, body: JSON.stringify([event]) };
}

/** Calendly. */
export const calendly = {
  booked: (email: string, { at, key }: Moment): Webhook =>
    made("calendly", "invitee.created", {
      created_at: iso(at),
      "payload.uri": `https://api.calendly.com/scheduled_events/E/invitees/${key}`,
      "payload.email": email,
      "payload.name": "A Guest",
      "payload.first_name": null,
      "payload.last_name": null,
      "payload.timezone": null,
      "payload.text_reminder_number": null,
      "payload.scheduled_event.created_at": iso(at),
    }),
  /** A routing form whose questions are in the company's own language. */
  routed: (question: string, email: string, { at, key }: Moment): Webhook =>
    made("calendly", "routing_form_submission.created", {
      created_at: iso(at),
      "payload.uri": `https://api.calendly.com/routing_form_submissions/${key}`,
      "payload.created_at": iso(at),
      "payload.updated_at": iso(at),
      "payload.questions_and_answers": [
        { question_uuid: "1", question: "Nom", answer: "Cleo" },
        { question_uuid: "2", question, answer: email },
      ],
    }),
};

/** WorkOS. */
export const workos = {
  user: ({ id, externalId, email, firstName }: User, { at, key }: Moment): Webhook =>
    made("workos", "user.created", {
      id: `event_${key}`,
      created_at: iso(at),
      "data.id": `user_${id}`,
      "data.external_id": externalId ?? null,
      "data.email": email,
      "data.email_verified": true,
      "data.first_name": firstName ?? null,
      "data.last_name": null,
      "data.locale": null,
      "data.last_sign_in_at": null,
      "data.created_at": iso(at),
      "data.updated_at": iso(at),
    }),
};

/** Supabase: a row of the company's own tables. It has no time, so it happened when it arrived. */
export const supabase = {
  signedUp: (id: string, email: string, confirmedAt: number | null): Webhook =>
    made("supabase", "INSERT.user", {
      "record.id": id,
      "record.email": email,
      "record.email_confirmed_at": confirmedAt === null ? null : iso(confirmedAt),
    }),
};
