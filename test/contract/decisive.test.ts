/**
 * What decides for whom, whether, and in which mode something happens is never guessed: a malformed flag makes no test event a live one, a
 * malformed amount no other amount, a malformed tenant no tenant.
 */
import { describe, expect, test } from "vitest";
import type { Fixture } from "../../src/cli/recorded.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { parseBody } from "../../src/contract/parse.ts";
import type { VendorEvent } from "../../src/contract/vendor-event.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type EventOutcome, translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { sourceFor, storedWebhook } from "../support/requests.ts";

function recorded(id: string, name: string): { readonly adapter: Adapter; readonly fixture: Fixture } {
  const adapter = ADAPTERS.get(id);
  const fixture = fixturesOf(id).find((one) => one.name === name);
  if (!adapter || !fixture) throw new TypeError(`there is no fixture ${id}/${name}`);
  return { adapter, fixture };
}

/** JSON with another value at a path. */
function withValue(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? withValue(item, rest, replacement) : item));
  const object = typeof value === "object" && value !== null ? { ...value } : {};
  return { ...object, [key]: withValue(Reflect.get(object, key), rest, replacement) };
}

async function changed(id: string, name: string, path: string, value: unknown) {
  const { adapter, fixture } = recorded(id, name);
  const source = sourceFor(adapter, fixture);
  const isForm = fixture.contentType.includes("urlencoded");
  const body = isForm ? Object.fromEntries(new URLSearchParams(fixture.text)) : JSON.parse(fixture.text);
  const other = withValue(body, path.split("."), value);
  const text = isForm ? formOf(other) : JSON.stringify(other);
  const webhook = { ...(await storedWebhook(source, fixture)), body: utf8Bytes(text) };
  const parsed = parseBody(webhook.body, webhook.format);
  const parts = source.configured.read(
    { body: parsed.ok ? parsed.value : null, headers: webhook.headers, query: webhook.query },
    { receivedAt: "2026-11-23T12:00:00.000Z", bodyHash: "0".repeat(64), nonce: "n1" },
  );
  const events: readonly VendorEvent[] = parts.flatMap((part) => (part.ok ? part.events : []));
  return { events, outcomes: await translateWebhook(webhook, source, accountOf([source])) };
}

/** Lists become a field that comes twice: all that is malformed in a form. */
function formOf(fields: unknown): string {
  const entries = typeof fields === "object" && fields !== null ? Object.entries(fields) : [];
  return new URLSearchParams(
    entries.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
    ),
  ).toString();
}

function callsOf(outcomes: readonly EventOutcome[]) {
  return outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
}

/** Neither a flag, nor a text, nor an object. */
const MALFORMED = [[], [true], [null]];

describe("a malformed flag makes no test event a live one", () => {
  test.each([
    ["gumroad", "sale", "test", ["true", "false"]],
    ["lemon-squeezy", "order_created", "meta.test_mode", null],
    ["lemon-squeezy", "order_created", "data.attributes.test_mode", null],
    ["mailgun", "complained", "event-data.flags.is-test-mode", null],
    ["mailgun", "complained", "event-data.flags", null],
    ["revenuecat", "INITIAL_PURCHASE", "event.environment", null],
    ["shopify", "orders_create", "test", null],
    ["shopify", "refunds_create", "transactions.0.test", null],
    ["stripe", "customer.created", "livemode", null],
  ] as const)("%s/%s %s", async (id, name, path, ofForm) => {
    for (const value of ofForm === null ? MALFORMED : [ofForm]) {
      const { events } = await changed(id, name, path, value);
      expect(
        events.filter((event) => !event.test),
        JSON.stringify(value),
      ).toEqual([]);
    }
  });
});

describe("a malformed amount is not another amount", () => {
  test.each([
    ["stripe", "charge.refunded", "data.object.amount_refunded"],
    ["stripe", "charge.refunded", "data.previous_attributes.amount_refunded"],
    ["stripe", "invoice.paid", "data.object.amount_paid"],
    ["stripe", "invoice.paid", "data.object.total_discount_amounts.0.amount"],
    ["lemon-squeezy", "order_refunded", "data.attributes.refunded_amount"],
    ["polar", "order.refunded", "data.refunded_amount"],
    ["polar", "order.refunded", "data.refunded_tax_amount"],
    ["chargebee", "payment_succeeded", "content.invoice.discounts.0.amount"],
    ["shopify", "refunds_create", "transactions.0.amount"],
    ["shopify", "carts_update", "line_items.0"],
    ["paddle", "adjustment.updated", "data.totals.total"],
    ["woocommerce", "order.updated", "refunds.0.total"],
  ] as const)("%s/%s %s", async (id, name, path) => {
    const amountsOf = (outcomes: readonly EventOutcome[]) =>
      callsOf(outcomes).flatMap((call) =>
        call.type === "track" ? Object.entries(call.properties ?? {}).filter(([key]) => key.endsWith("_minor")) : [],
      );
    const { adapter, fixture } = recorded(id, name);
    const source = sourceFor(adapter, fixture);
    const usual = new Map(amountsOf(await translateWebhook(await storedWebhook(source, fixture), source, accountOf([source]))));
    for (const value of [[], {}, "NaN", [5]]) {
      for (const [key, amount] of amountsOf((await changed(id, name, path, value)).outcomes)) {
        expect([key, amount], JSON.stringify(value)).toEqual([key, usual.get(key)]);
      }
    }
  });
});

describe("a malformed field deletes nobody, and opts nobody in", () => {
  test.each([
    ["square", "customer.deleted", "data.object.event_context"],
    ["square", "customer.deleted", "data.object"],
    ["square", "customer.deleted", "data.deleted"],
    ["clerk", "user.deleted", "data.deleted"],
    ["hubspot", "contact.deletion", "0.subscriptionType"],
  ] as const)("%s/%s %s", async (id, name, path) => {
    const { adapter, fixture } = recorded(id, name);
    const { configured } = sourceFor(adapter, fixture);
    for (const value of [[], [null], 5]) {
      const drafts = (await changed(id, name, path, value)).events.flatMap((event) => {
        const mapped = configured.map(event);
        return mapped.kind === "drafts" ? mapped.drafts : [];
      });
      expect(
        drafts.filter(({ kind }) => kind === "deleted"),
        JSON.stringify(value),
      ).toEqual([]);
    }
  });

  test.each([
    ["shopify", "customers_create", "email_marketing_consent.state"],
    ["paddle", "customer.created", "data.marketing_consent"],
    ["stripe", "checkout.session.completed", "data.object.consent"],
  ] as const)("%s/%s %s", async (id, name, path) => {
    const { adapter, fixture } = recorded(id, name);
    const { configured } = sourceFor(adapter, fixture);
    for (const value of [[], {}, [true], "perhaps"]) {
      const drafts = (await changed(id, name, path, value)).events.flatMap((event) => {
        const mapped = configured.map(event);
        return mapped.kind === "drafts" ? mapped.drafts : [];
      });
      expect(drafts.length, JSON.stringify(value)).toBeGreaterThan(0);
      const emails = drafts.filter(
        (draft) => draft.kind === "consent" && draft.channel === "email" && draft.state === "subscribed",
      );
      expect(emails, JSON.stringify(value)).toEqual([]);
    }
  });
});

describe("a malformed sign of trust is none", () => {
  test.each([
    ["auth0", "user.created", "data.object.email_verified"],
    ["discord", "APPLICATION_AUTHORIZED", "event.data.user.verified"],
    ["polar", "customer.created", "data.email_verified"],
    ["shopify", "customers_create", "verified_email"],
    ["slack", "team_join", "event.user.is_email_confirmed"],
    ["workos", "user.created", "data.email_verified"],
    ["clerk", "user.created", "data.email_addresses.1.verification"],
  ] as const)("%s/%s %s", async (id, name, path) => {
    const { adapter, fixture } = recorded(id, name);
    const { configured } = sourceFor(adapter, fixture);
    for (const value of [[], {}, [true], "verified", "yes", 2]) {
      const drafts = (await changed(id, name, path, value)).events.flatMap((event) => {
        const mapped = configured.map(event);
        return mapped.kind === "drafts" ? mapped.drafts : [];
      });
      expect(drafts.length, JSON.stringify(value)).toBeGreaterThan(0);
      const trusted = drafts.filter(({ person }) => person.email?.trust === "verified");
      expect(trusted, JSON.stringify(value)).toEqual([]);
    }
  });
});
