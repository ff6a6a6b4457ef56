/**
 * The type of an event that stands in an unsigned header or query field: each recorded body under every other type of its adapter.
 */
import { describe, expect, test } from "vitest";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { type Reading, readingsOf, sourceFor, storedWebhook } from "../support/requests.ts";

/** Bodies of one type that become drafts under another as well, and why that tells nothing new. */
interface SameFact {
  readonly bodyOf: RegExp;
  readonly under: RegExp;
  readonly because: string;
}

const SAME_FACTS: Readonly<Record<string, readonly SameFact[]>> = {
  recharge: [
    {
      bodyOf: /^charge\/created$/,
      under: /^charge\/upcoming$/,
      because: "the charge says for when it is scheduled: one event for each time",
    },
    {
      bodyOf: /^(subscription|customer)\/updated$/,
      under: /^(subscription|customer)\/created$/,
      because: "everyone and everything was created, once, at the time that the record keeps",
    },
    {
      bodyOf: /^(subscription|customer)\/created$/,
      under: /^(subscription|customer)\/updated$/,
      because: "the record stood so at its own time: it changes nothing that is newer",
    },
  ],
  shopify: [
    {
      bodyOf: /^customers\/(create|enable|disable)$/,
      under: /^customers\/update$/,
      because: "the record stood so at its own time: its traits change nothing that is newer",
    },
    {
      bodyOf: /^customers\/(update|enable|disable)$/,
      under: /^customers\/create$/,
      because: "every customer was created, once, at the time that the record keeps",
    },
    {
      bodyOf: /^customers\//,
      under: /^customers\/(enable|disable)$/,
      because: "the record says that the account is enabled, or disabled",
    },
    { bodyOf: /^carts\/update$/, under: /^carts\/create$/, because: "every cart was created, once, at the time that it keeps" },
    {
      bodyOf: /^checkouts\/update$/,
      under: /^checkouts\/create$/,
      because: "every checkout was started, once, at the time that it keeps",
    },
    {
      bodyOf: /^orders\//,
      under: /^orders\/(create|paid)$/,
      because: "every order was placed, and a paid one is paid: one sale with one id",
    },
    { bodyOf: /^orders\//, under: /^orders\/updated$/, because: "the order stood so at its own time: one event for each time" },
    { bodyOf: /^returns\/approve$/, under: /^returns\/request$/, because: "the return says that it is requested" },
    { bodyOf: /^disputes\/update$/, under: /^disputes\/create$/, because: "the dispute says that it is open" },
    {
      bodyOf: /^subscription_contracts\/(cancel|update)$/,
      under: /^subscription_contracts\/(create|activate)$/,
      because: "the contract says that it is active, and an active one counts once under both topics",
    },
    {
      bodyOf: /^subscription_billing_attempts\/(failure|challenged)$/,
      under: /^subscription_billing_attempts\/success$/,
      because: "the attempt says that it made an order, and has no error",
    },
    {
      bodyOf: /^company_contacts\//,
      under: /^company_contacts\/(create|update)$/,
      because: "every contact was made, once, at the time that it keeps; an update says how it stood",
    },
    {
      bodyOf: /^subscription_billing_cycles\/skip$/,
      under: /^subscription_billing_cycles\/unskip$/,
      because: "the cycle says that it is not skipped",
    },
  ],
  woocommerce: [
    {
      bodyOf: /^customer\.created$/,
      under: /^customer\.updated$/,
      because: "the record stood so at its own time: its traits change nothing that is newer",
    },
    {
      bodyOf: /^customer\.updated$/,
      under: /^customer\.created$/,
      because: "every account was created, once, at the time that the record keeps",
    },
  ],
};

/** Adapters that read something unsigned. */
const readers = [...ADAPTERS.values()].filter(({ reads }) => reads.headers.length + reads.query.length > 0);

/** An id that is made of the hash of a body. */
const MADE_OF_BODY = /[0-9a-f]{64}/;

/** A second event that says only how a record stands overwrites the first with the same values. An id of the fact itself counts once. */
const saysNothingTwice = ({ id, drafts }: Reading) =>
  !MADE_OF_BODY.test(id) || drafts.every(({ kind }) => kind === "identify" || kind === "consent");

test("these adapters read something that is not signed", () => {
  expect(readers.map(({ id }) => id)).toEqual(["github", "paypal", "recharge", "shopify", "woocommerce"]);
});

describe.each(readers)("$id", (adapter) => {
  const webhooks = fixturesOf(adapter.id).filter(({ name }) => !name.startsWith("handshake"));
  const allowed = SAME_FACTS[adapter.id] ?? [];

  test("a body under the type of another is ignored, dead, or the same fact", async () => {
    const kept = await Promise.all(
      webhooks.map(async (fixture) => {
        const source = sourceFor(adapter, fixture);
        return { name: fixture.name, source, webhook: await storedWebhook(source, fixture) };
      }),
    );
    const heads = new Map(kept.map(({ webhook: { headers, query } }) => [JSON.stringify([headers, query]), { headers, query }]));
    const used = new Set<SameFact>();
    const problems = kept.flatMap(({ name, source, webhook }) => {
      const own = readingsOf(source.configured, webhook);
      const foreign = [...heads.values()]
        .flatMap((head) => readingsOf(source.configured, { ...webhook, ...head }))
        .filter(({ type }) => own.every((reading) => reading.type !== type));
      return foreign.flatMap((reading) => {
        if (reading.drafts.length === 0) return reading.reason === "" ? [`${name} under ${reading.type}: without a reason`] : [];
        if (own.some(({ id }) => id === reading.id)) return [];
        const facts = allowed.filter(
          ({ bodyOf, under }) => own.some(({ type }) => bodyOf.test(type)) && under.test(reading.type),
        );
        for (const fact of facts) used.add(fact);
        const told = reading.drafts.map((draft) => (draft.kind === "track" ? draft.event : draft.kind)).join(", ");
        return facts.length > 0 && saysNothingTwice(reading) ? [] : [`${name} under ${reading.type}: ${told} ${reading.id}`];
      });
    });
    expect([...new Set(problems)]).toEqual([]);
    expect(allowed.filter((fact) => !used.has(fact))).toEqual([]);
  });
});
