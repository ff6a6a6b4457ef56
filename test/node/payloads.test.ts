/**
 * Webhooks and objects that vendors published or others recorded. They are not part of the project: `npm run payloads -- <folder>`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { formatOf } from "../../src/contract/formats.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { ADAPTERS } from "../support/registry.ts";

/** A request to map. */
interface Request {
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const folder = [process.env.PAYLOADS].find((path) => path !== undefined && existsSync(join(path, "manifest.json")));

const manifest = z.array(z.looseObject({ vendor: z.string(), path: z.string(), event: z.string().nullish() }));

const stripeObject = z.looseObject({ object: z.string() });

/** What has no id of its own is the answer to a question, not something that a webhook is about. */
const shopifyObject = z.looseObject({ id: z.union([z.string(), z.number()]) });

/** Stripe's objects whose events are called otherwise. */
const STRIPE_PREFIXES: ReadonlyMap<string, string> = new Map([
  ["subscription", "customer.subscription"],
  ["discount", "customer.discount"],
  ["dispute", "charge.dispute"],
  ["source", "customer.source"],
  ["billing.alert_triggered", "billing.alert"],
  ["billing.alert", "none of its own"],
]);

/** What Shopify's API calls an object, and the topics that send it. */
const SHOPIFY_TOPICS: ReadonlyMap<string, string> = new Map([
  ["customer", "customers"],
  ["customers", "customers"],
  ["order", "orders"],
  ["orders", "orders"],
  ["checkout", "checkouts"],
  ["checkouts", "checkouts"],
  ["carts", "carts"],
  ["refund", "refunds"],
  ["fulfillment", "fulfillments"],
  ["draft_order", "draft_orders"],
  ["product", "products"],
]);

/** Topics of customers that send only a part of them. */
const SHOPIFY_PARTS = new Set(["customers/merge", "customers/delete", "customers/redact", "customers/purchasing_summary"]);

function stripeEvents(content: unknown, types: readonly string[]): readonly Request[] {
  const found = stripeObject.safeParse(content);
  if (!found.success) return [];
  const name = found.data.object;
  const prefix = `${STRIPE_PREFIXES.get(name) ?? name}.`;
  return types
    .filter((type) => type.startsWith(prefix) && !type.slice(prefix.length).includes("."))
    .map((type) => ({
      title: type,
      headers: {},
      body: { id: "evt_recorded", object: "event", type, created: 1_790_000_000, livemode: true, data: { object: content } },
    }));
}

function shopifyTopics(content: unknown, types: readonly string[]): readonly Request[] {
  const wrapped = z.record(z.string(), z.unknown()).safeParse(content);
  if (!wrapped.success) return [];
  return Object.entries(wrapped.data).flatMap(([name, value]) => {
    const prefix = `${SHOPIFY_TOPICS.get(name)}/`;
    const topics = types.filter((type) => type.startsWith(prefix) && !SHOPIFY_PARTS.has(type));
    const bodies = [value].flat().filter((body) => shopifyObject.safeParse(body).success);
    return bodies.flatMap((body) => topics.map((topic) => ({ title: topic, headers: { "x-shopify-topic": topic }, body })));
  });
}

/** A recorded request stands for itself. */
function asRecorded(content: unknown): readonly Request[] {
  return [{ title: "as recorded", headers: {}, body: content }];
}

/** A customer of WooCommerce's API; its other objects are of no webhook. */
function wooCustomer(content: unknown, _types: readonly string[], event: string | null): readonly Request[] {
  if (event !== "customers") return [];
  return ["customer.created", "customer.updated"].map((topic) => ({
    title: topic,
    headers: { "x-wc-webhook-topic": topic },
    body: content,
  }));
}

function githubEvent(content: unknown, _types: readonly string[], event: string | null): readonly Request[] {
  return event === null ? [] : [{ title: event, headers: { "x-github-event": event }, body: content }];
}

/** Recorded with or without what SNS wraps around an event; what is neither is a message of the recorder's own. */
function snsMessage(content: unknown): readonly Request[] {
  if (z.looseObject({ Type: z.string() }).safeParse(content).success) return asRecorded(content);
  const isEvent = z.looseObject({ mail: z.looseObject({}) }).safeParse(content).success;
  const message = { Type: "Notification", MessageId: "00000000-0000-0000-0000-000000000000", Message: JSON.stringify(content) };
  return isEvent ? asRecorded(message) : [];
}

/** Recorded without the block that Mailgun signs in; what is no event is a part of another request. */
function mailgunEvent(content: unknown): readonly Request[] {
  const found = z.looseObject({ "event-data": z.unknown() }).safeParse(content);
  const signature = { timestamp: "1790000000", token: "0".repeat(50), signature: "0".repeat(64) };
  return found.success ? asRecorded({ signature, ...found.data }) : [];
}

/** Recorded without the form that it is a field of. */
function mandrillForm(content: unknown): readonly Request[] {
  return asRecorded(new URLSearchParams({ mandrill_events: JSON.stringify(content) }).toString());
}

type Reader = (content: unknown, types: readonly string[], event: string | null) => readonly Request[];

/** What the files of a folder of the collection are, as requests. */
const READERS: Readonly<Record<string, { readonly adapter: string; readonly read: Reader }>> = {
  "amazon-ses": { adapter: "amazon-ses", read: snsMessage },
  brevo: { adapter: "brevo", read: asRecorded },
  front: { adapter: "front", read: asRecorded },
  github: { adapter: "github", read: githubEvent },
  gitlab: { adapter: "gitlab", read: asRecorded },
  intercom: { adapter: "intercom", read: asRecorded },
  linear: { adapter: "linear", read: asRecorded },
  mailgun: { adapter: "mailgun", read: mailgunEvent },
  mailjet: { adapter: "mailjet", read: asRecorded },
  mandrill: { adapter: "mandrill", read: mandrillForm },
  // Versions 1 and 2, which are not signed, had other bodies.
  pagerduty: {
    adapter: "pagerduty",
    read: (content) => (z.looseObject({ event: z.looseObject({}) }).safeParse(content).success ? asRecorded(content) : []),
  },
  paddle: { adapter: "paddle", read: asRecorded },
  paypal: { adapter: "paypal", read: asRecorded },
  postmark: { adapter: "postmark", read: asRecorded },
  resend: { adapter: "resend", read: asRecorded },
  sendgrid: { adapter: "sendgrid", read: (content) => asRecorded([content].flat()) },
  sentry: { adapter: "sentry", read: asRecorded },
  sparkpost: { adapter: "sparkpost", read: asRecorded },
  square: { adapter: "square", read: asRecorded },
  stripe: { adapter: "stripe", read: asRecorded },
  "stripe-objects": { adapter: "stripe", read: stripeEvents },
  "shopify-objects": { adapter: "shopify", read: shopifyTopics },
  typeform: { adapter: "typeform", read: asRecorded },
  woocommerce: { adapter: "woocommerce", read: wooCustomer },
};

function requestsIn(root: string) {
  return manifest.parse(JSON.parse(readFileSync(join(root, "manifest.json"), "utf8"))).flatMap(({ vendor, path, event }) => {
    const reader = READERS[vendor];
    const adapter = reader && ADAPTERS.get(reader.adapter);
    if (!adapter) return [];
    const requests = reader.read(JSON.parse(readFileSync(join(root, path), "utf8")), adapter.types, event ?? null);
    return requests.map((request) => ({ ...request, adapter, path }));
  });
}

describe.runIf(folder !== undefined)("recorded webhooks", () => {
  const requests = folder === undefined ? [] : requestsIn(folder);
  /** By adapter: how many requests ended in which kind of outcome, and why nothing was made of them. */
  const endings = new Map<string, Map<string, number>>();

  afterAll(() => {
    const lines = [...endings].flatMap(([id, kinds]) => [id, ...[...kinds].map(([kind, count]) => `  ${count} ${kind}`)]);
    // For whoever runs `npm run payloads`.
    console.log(lines.join("\n"));
  });

  test("there are some", () => {
    expect(requests.length).toBeGreaterThan(100);
  });

  test.each(requests)("$path as $title ends in valid calls or a named reason", async ({ adapter, headers, body }) => {
    const source = sourceOf(adapter);
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    const outcomes = await translateWebhook(
      {
        receivedAt: Date.UTC(2026, 10, 23),
        format: formatOf(adapter.format, bytes),
        headers,
        query: {},
        nonce: null,
        body: bytes,
        events: null,
      },
      source,
      accountOf([source]),
    );
    expect(outcomes.length).toBeGreaterThan(0);
    const kinds = endings.get(adapter.id) ?? new Map<string, number>();
    for (const ending of new Set(outcomes.map((one) => (one.kind === "ignored" ? `ignored: ${one.reason}` : one.kind))))
      kinds.set(ending, (kinds.get(ending) ?? 0) + 1);
    endings.set(adapter.id, kinds);
    expect(outcomes.filter(({ kind }) => kind === "dead")).toEqual([]);
    expect(
      outcomes
        .flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []))
        .flatMap((call) => problemsOf(call, adapter.id)),
    ).toEqual([]);
  });
});
