/**
 * Calls that are relayed keep their sender's names and values, whatever they are.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import segment from "../../adapters/segment.ts";
import type { Source } from "../../src/config/model.ts";
import { nameAsSent } from "../../src/contract/custom-events.ts";
import { isReservedEvent, isReservedProperty } from "../../src/contract/reserved.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { Call } from "../../src/pipelines/calls.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";

/** What a call becomes. */
async function relayed(body: object, options: Partial<Source["options"]> = {}): Promise<readonly Call[]> {
  const source = sourceOf(segment);
  const relay = { ...source, options: { ...source.options, ...options } };
  const sent = { messageId: "m1", timestamp: "2026-11-28T12:00:00.000Z", userId: "u_1", ...body };
  const webhook = {
    receivedAt: Date.UTC(2026, 10, 28, 12),
    format: "json",
    headers: {},
    query: {},
    nonce: null,
    body: utf8Bytes(JSON.stringify(sent)),
    events: null,
  } as const;
  const outcomes = await translateWebhook(webhook, relay, accountOf([relay]));
  expect(outcomes.filter(({ kind }) => kind === "dead")).toEqual([]);
  const calls = outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
  expect(calls.flatMap((call) => problemsOf(call, "segment"))).toEqual([]);
  return calls;
}

/** What the core and the tracking plan write themselves. */
const OURS = /^(provider|source|source_event|products_count|__proto__)$/;

const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.constantFrom("orderId", "Order ID", "価格", "цена", "नाम", "seen_at", "total_minor", "products", "toString", "utmSource"),
);
const value = fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.integer(), fc.boolean());
const named = fc.dictionary(
  name.filter((given) => !OURS.test(given) && !isReservedProperty(given) && nameAsSent(given) === given),
  fc.oneof(value, fc.array(fc.record({ unitPrice: value }), { minLength: 1, maxLength: 3 })),
  { maxKeys: 8 },
);

test("an event keeps its name and its properties", async () => {
  const event = name.filter((given) => given.trim() === given && nameAsSent(given) === given && !isReservedEvent(given));
  await fc.assert(
    fc.asyncProperty(event, named, async (given, properties) => {
      const calls = await relayed({ type: "track", event: given, properties });
      expect(calls.filter(({ type }) => type === "track")).toMatchObject([{ event: given, properties }]);
    }),
    { numRuns: 200 },
  );
});

test("a trait keeps its name after that of the source", async () => {
  const traits = named.map((given) => Object.fromEntries(Object.entries(given).filter(([, one]) => one !== "")));
  // However they are spelled: `First Name`, `name `.
  const OWN = /^(email|phone|id|name|firstname|lastname|timezone|locale|createdat|address)$/i;
  const isOwn = (given: string): boolean => OWN.test(given.replace(/[^a-z]/gi, ""));
  await fc.assert(
    fc.asyncProperty(traits, async (given) => {
      const own = Object.fromEntries(Object.entries(given).filter(([one]) => !isOwn(one)));
      const [call] = await relayed({ type: "identify", traits: { email: "ada@example.com", ...own } });
      const expected = Object.entries(own).map(([one, kept]) => [`segment_${one}`, kept]);
      expect(call).toMatchObject({ type: "identify", traits: Object.fromEntries(expected) });
    }),
    { numRuns: 200 },
  );
});

test("a trait that Customer.io has a name for gets it", async () => {
  const traits = { firstName: "Ada", lastName: "Example", createdAt: "2026-10-01T10:00:00Z", Email: "ada@work.example" };
  expect(await relayed({ type: "identify", traits })).toMatchObject([
    {
      traits: {
        first_name: "Ada",
        last_name: "Example",
        created_at: "2026-10-01T10:00:00.000Z",
        segment_Email: "ada@work.example",
      },
    },
  ]);
});

test("a group keeps its attributes and those of the relationship; what it is, the settings say", async () => {
  const objectTypes = new Map([["group", "1"]]);
  const group = { type: "group", groupId: "org-1" };
  const traits = { employeeCount: 12, Branche: "Bau", objectTypeId: "7", object_type_id: "7" };
  const related = { ...traits, relationshipAttributes: { jobTitle: "Engineer" } };
  const [call] = await relayed({ ...group, traits: related }, { objectTypes });
  expect(call).toMatchObject({ type: "group", userId: "u_1", groupId: "org-1" });
  expect(call).toHaveProperty("traits", {
    employeeCount: 12,
    Branche: "Bau",
    objectTypeId: "1",
    relationshipAttributes: { jobTitle: "Engineer" },
  });
  for (const malformed of ["Engineer", null, ["Engineer"], {}]) {
    const [other] = await relayed({ ...group, traits: { ...traits, relationshipAttributes: malformed } }, { objectTypes });
    expect(other).toHaveProperty("traits", { employeeCount: 12, Branche: "Bau", objectTypeId: "1" });
  }
});

test.each(["User Deleted", " user\tdeleted ", "USER SUPPRESSED", "Us\u0000er Deleted", "", " ", "注".repeat(34)])(
  "%j is no event",
  async (event) => expect(await relayed({ type: "track", event })).toEqual([]),
);
