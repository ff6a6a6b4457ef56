/**
 * The webhooks that are measured: a Stripe invoice of 2 KB, a Shopify order of 10 KB, and 100 events of SendGrid in one request. Each is about an
 * event and a person of its own. They are signed here, with keys of this run, by none of the project's code.
 */
import { createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import * as z from "zod";
import { findFixture } from "../../src/cli/fixtures.ts";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";

/** The kinds of webhooks. */
export const KINDS = ["stripe", "shopify", "sendgrid"] as const;

/** A kind of webhooks, which is also the name of its source. */
export type Kind = (typeof KINDS)[number];

/** How each is called in a table. */
export const NAMES: Readonly<Record<Kind, string>> = {
  stripe: "Stripe, 2 KB",
  shopify: "Shopify, 10 KB",
  sendgrid: "SendGrid, 100 events",
};

const stripeSecret = `whsec_${randomBytes(24).toString("hex")}`;
const shopifySecret = `shpss_${randomBytes(16).toString("hex")}`;
const sendgridKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What a receiver must know of each kind: a shared secret, or the public key as SendGrid shows it. */
export const SECRETS: Readonly<Record<Kind, string>> = {
  stripe: stripeSecret,
  shopify: shopifySecret,
  sendgrid: sendgridKeys.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
};

const EVENTS_AT_ONCE = 100;

let made = 0;
const run = randomBytes(4).toString("hex");

function numbered(): string {
  made += 1;
  return `${run}${String(made).padStart(9, "0")}`;
}

/** The same as a number that a double holds exactly: of rounded ones many are alike, and all but the first are duplicates. */
function numeric(number: string): string {
  const [ofRun, count] = [Number.parseInt(number.slice(0, run.length), 16), Number(number.slice(run.length))];
  return String((ofRun % 1e6) * 1e9 + count);
}

const record = z.record(z.string(), z.json());
const invoiceEvent = z.looseObject({ data: z.looseObject({ object: record }) });
const order = z.looseObject({ line_items: z.array(record), customer: record });
const events = z.tuple([record]);

function bodyOf<Schema extends z.ZodType>(schema: Schema, adapter: string, event: string): z.output<Schema> {
  const fixture = findFixture(adapter, event);
  if (fixture === null) throw new Error(`there is no fixture of ${adapter} ${event}`);
  return schema.parse(JSON.parse(fixture.text));
}

/** Fields of the invoice that make it longer than 2 KB, and are read by none. */
const LEFT_OUT = [
  "invoice_pdf",
  "payment_settings",
  "status_transitions",
  "pretax_credit_amounts",
  "test_clock",
  "webhooks_delivered_at",
];

function stripeTemplate(): (number: string) => string {
  const event = bodyOf(invoiceEvent, "stripe", "invoice.paid");
  const invoice = Object.fromEntries(Object.entries(event.data.object).filter(([name]) => !LEFT_OUT.includes(name)));
  const parent = {
    type: "subscription_details",
    quote_details: null,
    subscription_details: { subscription: "sub_NUMBER", metadata: {} },
  };
  const lines = {
    object: "list",
    has_more: false,
    total_count: 1,
    data: [{ amount: 2900, currency: "eur", description: "Pro", quantity: 1 }],
  };
  const object = {
    ...invoice,
    id: "in_NUMBER",
    customer: "cus_NUMBER",
    customer_email: "NUMBER@example.com",
    total_taxes: [],
    parent,
    lines,
  };
  const text = JSON.stringify({ ...event, id: "evt_NUMBER", data: { object }, created: "CREATED" });
  return (number) => text.replaceAll("NUMBER", number).replace('"CREATED"', String(Math.floor(Date.now() / 1000)));
}

function shopifyTemplate(): (number: string) => string {
  const { customer, line_items: items, ...rest } = bodyOf(order, "shopify", "orders/create");
  const more = items.map((item) => ({ ...item, sku: "SECOND" }));
  const customerOf = { ...customer, id: "NUMERIC", email: "NUMBER@example.com" };
  const whole = {
    ...rest,
    id: "NUMERIC",
    email: "NUMBER@example.com",
    customer: customerOf,
    line_items: [...items, ...more, ...more, ...more],
  };
  const text = JSON.stringify(whole);
  return (number) => text.replaceAll('"NUMERIC"', numeric(number)).replaceAll("NUMBER", number);
}

function sendgridTemplate(): (number: string) => string {
  const [event] = bodyOf(events, "sendgrid", "open");
  const text = JSON.stringify({
    ...event,
    email: "NUMBER@example.com",
    sg_event_id: "event-NUMBER",
    sg_message_id: "message-NUMBER",
    user_id: "user-NUMBER",
  });
  const one = (number: string) => text.replaceAll("NUMBER", number);
  return (number) => `[${Array.from({ length: EVENTS_AT_ONCE }, (_, index) => one(`${number}x${index}`)).join(",")}]`;
}

const TEMPLATES: Readonly<Record<Kind, (number: string) => string>> = {
  stripe: stripeTemplate(),
  shopify: shopifyTemplate(),
  sendgrid: sendgridTemplate(),
};

function headersOf(kind: Kind, body: string, secret: string): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(Date.now() / 1000));
  switch (kind) {
    case "stripe": {
      const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
      return { "stripe-signature": `t=${seconds},v1=${signature}` };
    }
    case "shopify":
      return {
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": "bench.example",
        "x-shopify-hmac-sha256": createHmac("sha256", secret).update(body).digest("base64"),
      };
    case "sendgrid": {
      const signature = sign("SHA256", Buffer.from(seconds + body), sendgridKeys.privateKey).toString("base64");
      return {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": seconds,
      };
    }
  }
}

/** One request, ready to be written into a connection. @param secret that signs it, if it is another one, and not SendGrid's */
export function requestOf(kind: Kind, path: string, secret = SECRETS[kind]): Buffer {
  const body = TEMPLATES[kind](numbered());
  const bytes = Buffer.from(body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${LOCAL_ADDRESS}`,
    "content-type: application/json",
    "user-agent: Vendor/1.0",
    "accept: */*",
    ...Object.entries(headersOf(kind, body, secret)).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.byteLength}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** So many requests. @param path where they go: of each by its number */
export function requestsOf(kind: Kind, count: number, path: (index: number) => string): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => requestOf(kind, path(index)));
}
