/**
 * What the stand-ins hold: as many invented people as are asked for, each with a past, made of the fixtures of webhooks.
 */
import * as z from "zod";
import { fixturesOf } from "../fixtures.ts";
import type { Lists, StoredRecord } from "./api.ts";

const DAY = 86_400_000;

/** A vendor's records, and how many events of each name they become. */
export interface Past {
  readonly lists: Lists;
  readonly makes: Readonly<Record<string, number>>;
}

/** The past of so many people. @param ages how many days ago each of them came, old enough for no event to be kept */
type Make = (ages: readonly number[], now: number) => Past;

const anything = z.looseObject({});

/** The object at a path of a fixture's body. */
function record(adapter: string, name: string, ...path: readonly string[]): Record<string, unknown> {
  const fixture = fixturesOf(adapter).find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`${adapter} has no fixture ${name}`);
  return path.reduce<Record<string, unknown>>(
    (value, part) => anything.parse(value[part]),
    anything.parse(JSON.parse(fixture.text)),
  );
}

const stored = (id: string, at: number, value: object): StoredRecord => ({ id, at, value: { ...value, id } });

const seconds = (at: number): number => Math.floor(at / 1000);
const iso = (at: number): string => new Date(at).toISOString();

/** One record for each person. */
function each(ages: readonly number[], now: number, make: (number: number, at: number) => StoredRecord): readonly StoredRecord[] {
  return ages.map((age, number) => make(number, now - age * DAY));
}

const email = (number: number): string => `person${number}@example.com`;

const stripe: Make = (ages, now) => {
  const of = (kind: string, fixture: string, more: (number: number, at: number) => object, id: string, later = 0) =>
    each(ages, now, (number, at) => {
      const created = seconds(at + later);
      const base = record("stripe", fixture, "data", "object");
      return stored(`${id}_${number}`, created * 1000, {
        ...base,
        object: kind,
        created,
        customer: `cus_${number}`,
        ...more(number, at),
      });
    });
  const metadata = { metadata: {} };
  const charges = of(
    "charge",
    "charge.refunded",
    (number, at) => ({
      ...metadata,
      refunds: { data: [{ id: `re_${number}`, amount: 5490, created: seconds(at) + 7_200, status: "succeeded" }] },
    }),
    "ch",
    3_000_000,
  );
  return {
    lists: {
      customers: of("customer", "customer.created", (number) => ({ ...metadata, email: email(number) }), "cus"),
      subscriptions: of(
        "subscription",
        "customer.subscription.deleted",
        (_, at) => ({ ...metadata, trial_start: null, trial_end: null, ended_at: seconds(at) + 86_400 }),
        "sub",
        1_000_000,
      ),
      sessions: of("checkout.session", "checkout.session.completed", () => metadata, "cs", 2_000_000),
      charges,
      invoices: of(
        "invoice",
        "invoice.paid",
        (_, at) => ({ ...metadata, status_transitions: { paid_at: seconds(at) + 5_000 } }),
        "in",
        4_000_000,
      ),
      events: [],
    },
    makes: {
      "Contact Created": ages.length,
      "Subscription Started": ages.length,
      "Subscription Expired": ages.length,
      "Order Completed": ages.length,
      "Payment Succeeded": ages.length,
      "Payment Refunded": ages.length,
    },
  };
};

const shopify: Make = (ages, now) => {
  const person = (number: number) => ({ id: 1000 + number, email: email(number), phone: null });
  const orders = each(ages, now, (number, at) => {
    const placed = at + 3_600_000;
    const base = record("shopify", "orders_fulfilled");
    const times = { created_at: iso(placed), processed_at: iso(placed), updated_at: iso(placed + 7_200_000) };
    const order = {
      ...base,
      ...times,
      email: email(number),
      customer: { ...person(number) },
      cart_token: `cart${number}`,
      checkout_token: null,
    };
    return { ...stored(String(5000 + number), placed, order), changedAt: placed + 7_200_000 };
  });
  return {
    lists: {
      customers: each(ages, now, (number, at) =>
        stored(String(1000 + number), at, {
          ...record("shopify", "customers_create"),
          ...person(number),
          created_at: iso(at),
          updated_at: iso(at),
        }),
      ),
      orders,
    },
    makes: { "Contact Created": ages.length, "Order Completed": ages.length, "Order Fulfilled": ages.length },
  };
};

const woocommerce: Make = (ages, now) => {
  const gmt = (at: number): string => iso(at).slice(0, 19);
  const whole = (at: number): number => seconds(at) * 1000;
  return {
    lists: {
      customers: each(ages, now, (number, at) => ({
        id: String(number),
        at: whole(at),
        value: {
          ...record("woocommerce", "customer.created"),
          ...{ id: number + 1, email: email(number), date_created_gmt: gmt(at), date_modified_gmt: gmt(at) },
        },
      })),
      orders: each(ages, now, (number, at) => ({
        id: String(number),
        at: whole(at + 3_600_000),
        value: {
          ...record("woocommerce", "order.updated"),
          ...{ id: 700 + number, customer_id: number + 1, date_created_gmt: gmt(at + 3_600_000), refunds: [], meta_data: [] },
          ...{
            date_paid_gmt: gmt(at + 3_600_000),
            date_completed_gmt: gmt(at + 7_200_000),
            date_modified_gmt: gmt(at + 7_200_000),
          },
        },
      })),
    },
    makes: { "Contact Created": ages.length, "Order Completed": ages.length, "Order Fulfilled": ages.length },
  };
};

const paddle: Make = (ages, now) => {
  const id = (kind: string, number: number): string => `${kind}_${String(number).padStart(6, "0")}`;
  const owner = (number: number) => ({ customer_id: id("ctm", number), custom_data: null });
  return {
    lists: {
      customers: each(ages, now, (number, at) =>
        stored(id("ctm", number), at, {
          ...record("paddle", "customer.created", "data"),
          ...{ email: email(number), custom_data: null, created_at: iso(at), updated_at: iso(at) },
        }),
      ),
      subscriptions: each(ages, now, (number, at) =>
        stored(id("sub", number), at, {
          ...record("paddle", "subscription.activated", "data"),
          ...owner(number),
          ...{ created_at: iso(at), started_at: iso(at + 1_000), updated_at: iso(at + 2_000) },
        }),
      ),
      adjustments: [],
      transactions: each(ages, now, (number, at) =>
        stored(id("txn", number), at, {
          ...record("paddle", "transaction.completed", "data"),
          ...owner(number),
          ...{ subscription_id: id("sub", number), created_at: iso(at), billed_at: iso(at + 1_000) },
          payments: [{ status: "captured", captured_at: iso(at + 2_000) }],
        }),
      ),
      events: [],
    },
    makes: { "Contact Created": ages.length, "Subscription Started": ages.length, "Payment Succeeded": ages.length },
  };
};

const chargebee: Make = (ages, now) => {
  const person = (number: number) => ({ id: `cust_${number}`, email: email(number), meta_data: {} });
  return {
    lists: {
      customers: each(ages, now, (number, at) => ({
        id: String(number),
        at: seconds(at) * 1000,
        value: {
          customer: {
            ...record("chargebee", "customer_created", "content", "customer"),
            ...person(number),
            created_at: seconds(at),
          },
        },
      })),
      subscriptions: each(ages, now, (number, at) => ({
        id: String(number),
        at: seconds(at) * 1000,
        value: {
          subscription: {
            ...record("chargebee", "subscription_cancelled", "content", "subscription"),
            ...{
              id: `sub_${number}`,
              customer_id: `cust_${number}`,
              created_at: seconds(at),
              cancelled_at: seconds(at) + 86_400,
            },
            ...{ trial_start: null, trial_end: null, status: "cancelled", meta_data: {} },
          },
        },
      })),
      transactions: each(ages, now, (number, at) => ({
        id: String(number),
        at: seconds(at) * 1000,
        value: {
          transaction: {
            ...record("chargebee", "payment_succeeded", "content", "transaction"),
            ...{ id: `txn_${number}`, customer_id: `cust_${number}`, subscription_id: `sub_${number}`, date: seconds(at) },
          },
        },
      })),
      events: [],
    },
    makes: {
      "Contact Created": ages.length,
      "Subscription Started": ages.length,
      "Subscription Expired": ages.length,
      "Payment Succeeded": ages.length,
    },
  };
};

const hubspot: Make = (ages, now) => ({
  lists: {
    contacts: each(ages, now, (number, at) => ({
      id: String(number),
      at,
      changedAt: at + 3_600_000,
      value: {
        ...{ id: String(500 + number), createdAt: iso(at), updatedAt: iso(at + 3_600_000), archived: false },
        properties: { email: email(number), firstname: "Ada", lifecyclestage: "lead", phone: null, createdate: iso(at) },
      },
    })),
  },
  makes: { "Contact Created": ages.length },
});

const intercom: Make = (ages, now) => {
  const contact = (number: number) => ({
    type: "contact",
    id: `contact${number}`,
    role: "user",
    external_id: `u_${number}`,
    email: email(number),
  });
  return {
    lists: {
      contacts: each(ages, now, (number, at) =>
        stored(`contact${number}`, at, { ...contact(number), created_at: seconds(at), updated_at: seconds(at) }),
      ),
      conversations: each(ages, now, (number, at) =>
        stored(`9${number}`, at, {
          ...record("intercom", "conversation.user.created", "data", "item"),
          ...{ created_at: seconds(at), state: "closed", statistics: { last_close_at: seconds(at) + 600 } },
          contacts: { contacts: [contact(number)] },
          source: { type: "conversation", author: { type: "user", id: `contact${number}` } },
        }),
      ),
    },
    makes: {
      "Contact Created": ages.length,
      "Live Chat Conversation Started": ages.length,
      "Live Chat Conversation Ended": ages.length,
    },
  };
};

/** The pasts that can be told, by the adapter's id. */
export const PASTS: ReadonlyMap<string, Make> = new Map(
  Object.entries({ stripe, shopify, woocommerce, paddle, chargebee, hubspot, intercom }),
);

/** Deliveries of GitHub, of the last days: every second one was refused. */
export function githubDeliveries(count: number, now: number): readonly StoredRecord[] {
  return Array.from({ length: count }, (_, number) => {
    const at = now - (number + 1) * 3_600_000;
    const payload = { ...record("github", "star.created"), starred_at: iso(at) };
    const heads = { id: number + 1, guid: `guid-${number}`, event: "star", action: "created", delivered_at: iso(at) };
    return {
      id: String(number + 1),
      at,
      value: { ...heads, status_code: number % 2 === 0 ? 503 : 200, request: { headers: {}, payload } },
    };
  });
}
