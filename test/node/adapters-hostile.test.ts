/**
 * Every adapter on bodies that no vendor should send: nothing throws, nothing invalid comes out, nothing is deleted by mistake.
 */
import { describe, expect, test } from "vitest";
import { type Fixture, goldenOf } from "../../src/cli/recorded.ts";
import type { Source } from "../../src/config/model.ts";
import { MALFORMED_DECISION } from "../../src/contract/fields.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { type EventOutcome, type KeptWebhook, translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf } from "../support/accounts.ts";
import { problemsOf } from "../support/conventions.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { type Place, placesIn, withUnknownKeys } from "../support/mutations.ts";
import { ADAPTERS } from "../support/registry.ts";
import { RELAYS } from "../support/relays.ts";
import { fieldsRead, keptFor, readingsOf, wholeReadingOf } from "../support/requests.ts";
import { IS_WHOLE } from "../support/share.ts";

const adapters = [...ADAPTERS.values()];

/** What a header or query field may also hold. */
const HOSTILE_TEXTS = ["", " ", "0", "__proto__", "constructor", "é", "x".repeat(5000), "2026-13-45T00:00:00Z", "\u007f"];

/** Each field is tried absent and malformed. A share of what else it may be tried with is one in so many values, for one in three fields. */
const ONE_IN = IS_WHOLE ? 1 : 54;

/** Of the webhooks that have a field, a share tries so many: those that show it best. */
const MOST_WEBHOOKS = IS_WHOLE ? Number.POSITIVE_INFINITY : 3;

/** Milliseconds: thousands of bodies, on however slow a machine. */
const PATIENCE = 120_000;

function callsOf(outcomes: readonly EventOutcome[]) {
  return outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
}

/** What is wrong with outcomes, whatever the input was: dead letters are right, where the data and not the adapter made them. */
function defectsOf(outcomes: readonly EventOutcome[], { id }: Adapter): readonly string[] {
  const defects = outcomes.flatMap((outcome) => {
    if (outcome.kind !== "dead") return [];
    const isOurs = !["schema", "unreadable"].includes(outcome.reason) || /^(\w*Error)?$/.test(outcome.issue);
    return isOurs ? [`${outcome.reason}: ${outcome.issue}`] : [];
  });
  return [...defects, ...callsOf(outcomes).flatMap((call) => problemsOf(call, id))];
}

function issuesOf(outcomes: readonly EventOutcome[]): readonly string[] {
  return outcomes.flatMap((outcome) => (outcome.kind === "dead" ? [outcome.issue] : []));
}

/** Fields that are read for whether they are there at all, whatever they hold: by adapter, the ends of their paths. */
const READ_AS_PRESENCE: Readonly<Record<string, RegExp>> = {
  clerk: /\.actor$/,
  workos: /\.impersonator$/,
  // Its commits are counted.
  github: /^commits\.\[\]$/,
  // Only of what a person chose has it the field at all.
  "customer-io": /\.email_address$/,
  square: /\.event_context\.merge$/,
  // What changed, whatever it was before.
  stripe: /^data\.previous_attributes\.(metadata|discounts|trial_end|collection_method|default_payment_method)$/,
};

/** Right text that makes the name of an event longer than any is kept. */
const TOO_LONG = /an id or type of more than \d+ characters$/;

/** Lists that a bad item makes unreadable as a whole, because without it the rest would say something wrong. */
const KEPT_WHOLE: Readonly<Record<string, RegExp>> = {
  // The events themselves.
  auth0: /^\[\]$/,
  generic: /^events\.\[\]$/,
  gocardless: /^events\.\[\]$/,
  hubspot: /^\[\]$/,
  klaviyo: /^data\.\[\]$/,
  attio: /^events\.\[\]$/,
  brevo: /^\[\]$/,
  mailjet: /^\[\]$/,
  mandrill: /^\[\]$/,
  sparkpost: /^\[\]$/,
  "meta-leads": /^entry\.\[\](\.changes\.\[\])?$/,
  sendgrid: /^\[\]$/,
  twilio: /^\[\]$/,
  whatsapp: /^entry\.\[\](\.changes\.\[\](\.value\.(messages|statuses|user_preferences|contacts)\.\[\])?)?$/,
  adyen: /^notificationItems\.\[\]$/,
  // The people that the event is about.
  "cal-com": /\.(attendees|guests)\.\[\]$/,
  revenuecat: /\.transferred_(from|to)\.\[\]$/,
  // Of the addresses one is the person's: which, depends on all of them.
  clerk: /\.email_addresses\.\[\]$/,
  // Each is a fact of its own: a bad one ends alone, beside the sale.
  woocommerce: /^refunds\.\[\]$/,
  // The first names the buyer.
  paypal: /\.purchase_units\.\[\]$/,
  // Of several recipients, which one is meant is not told.
  "amazon-ses": /\.destination\.\[\]$/,
  resend: /\.to\.\[\]$/,
  // Any of them may have had a trial.
  paddle: /^data\.items\.\[\]$/,
  // What is gone is what is not among them.
  stripe: /\.entitlements\.data\.\[\]$/,
};

describe.each(adapters)("$id", (adapter) => {
  const webhooks = fixturesOf(adapter.id).filter(({ name }) => !name.startsWith("handshake"));
  const keptAs = async (fixture: Fixture) => {
    const { source, webhook } = await keptFor(adapter, fixture);
    return {
      webhook,
      read: readerOf(source),
      readings: (webhook: KeptWebhook) => readingsOf(source.configured, webhook),
    };
  };

  test("every field that it reads may be as it should not be", { timeout: PATIENCE }, async () => {
    const defects: string[] = [];
    for (const candidates of (await fieldsOf(adapter, webhooks)).values()) {
      const unread = candidates.find(({ isRead }) => !isRead);
      if (IS_WHOLE && unread?.read(unread.place.malformed().body).text !== unread?.usual)
        defects.push(`${unread?.place.name}: read, and not seen to be`);
      for (const { place, read, usual } of candidates.filter(({ isRead }) => isRead).slice(0, MOST_WEBHOOKS)) {
        const [absent, malformed] = [read(place.absent().body), read(place.malformed().body)];
        // A field that makes no difference, left out or absurd, is one that is not read here: perhaps it is in another fixture.
        if (absent.text === usual && malformed.text === usual) continue;
        defects.push(...(await defectsAt(adapter, place, absent, malformed, read)));
        break;
      }
    }
    expect(defects).toEqual([]);
  });

  test.each(webhooks)("$name survives every header and query field as it should not be", async (fixture) => {
    const { webhook, read } = await keptAs(fixture);
    for (const part of ["headers", "query"] as const) {
      for (const name of Object.keys(webhook[part])) {
        const { [name]: _, ...without } = webhook[part];
        const texts = HOSTILE_TEXTS.filter((_, index) => IS_WHOLE || (index + webhooks.indexOf(fixture)) % 3 === 0);
        for (const other of [without, ...texts.map((text) => ({ ...without, [name]: text }))]) {
          expect(
            defectsOf(await read({ ...webhook, [part]: other }).outcomes(), adapter),
            `${name}: ${other[name] ?? "absent"}`,
          ).toEqual([]);
        }
      }
    }
  });

  test.each(webhooks)("$name is the same with keys that nobody has asked for", async (fixture) => {
    const { webhook, read } = await keptAs(fixture);
    const body = withUnknownKeys(webhook.body, webhook.format);
    expect(body.length).toBeGreaterThan(webhook.body.length);
    const golden = async (other: KeptWebhook) => {
      const outcomes = (await read(other).outcomes()).map(goldenOf);
      // What a sender has in an object that is passed on goes with it.
      return RELAYS.has(adapter.id) ? withoutUnknown(outcomes) : outcomes;
    };
    expect(await golden({ ...webhook, body })).toEqual(await golden(webhook));
  });

  test("what is not signed cannot turn one event into another that deletes", async () => {
    const kept = await Promise.all(webhooks.map(keptAs));
    const unsigned = new Map(
      kept.map(({ webhook: { headers, query } }) => [JSON.stringify([headers, query]), { headers, query }]),
    );
    for (const { webhook: own, readings } of kept) {
      const types = readings(own).map(({ type }) => type);
      for (const [text, parts] of unsigned) {
        if (text === JSON.stringify([own.headers, own.query])) continue;
        const others = readings({ ...own, ...parts }).filter(({ type }) => !types.includes(type));
        const deleting = others.filter(({ drafts }) => drafts.some(({ kind }) => kind === "deleted")).map(({ type }) => type);
        expect(deleting, `the body of ${types.join()}`).toEqual([]);
      }
    }
  });
});

function withoutUnknown(outcomes: readonly unknown[]): unknown {
  const isUnknown = (name: string) => name.endsWith("tributary_unknown") || name === "__proto__";
  return JSON.parse(JSON.stringify(outcomes, (name, value) => (isUnknown(name) ? undefined : value)));
}

/** A webhook as the adapter alone reads it. */
interface Read {
  /** Of two that are equal, translation makes the same. */
  readonly text: string;
  /** What translation makes of it. */
  outcomes(): Promise<readonly EventOutcome[]>;
}

/** A field of one webhook. */
interface Candidate {
  readonly place: Place;
  /** Reads the webhook with another body. */
  readonly read: (body: KeptWebhook["body"]) => Read;
  /** What the adapter makes of it as it is. */
  readonly usual: string;
  /** Whether the adapter looks at it as it is. What it does not look at makes no difference; whole runs hold it to that. */
  readonly isRead: boolean;
}

/** A function that reads webhooks of a source. Most changes are none to the adapter: what it reads the same is translated once. */
function readerOf(source: Source): (webhook: KeptWebhook) => Read {
  const account = accountOf([source]);
  const translated = new Map<string, Promise<readonly EventOutcome[]>>();
  return (webhook) => {
    const text = wholeReadingOf(source.configured, webhook);
    const outcomes = () => {
      const known = translated.get(text) ?? translateWebhook(webhook, source, account);
      translated.set(text, known);
      return known;
    };
    return { text, outcomes };
  };
}

function goldenText(outcomes: readonly EventOutcome[]): string {
  return JSON.stringify(outcomes.map(goldenOf));
}

/** The fields of an adapter's webhooks by the schemas that read them, each with the webhooks that have it: what shows it best stands first. */
async function fieldsOf(adapter: Adapter, webhooks: readonly Fixture[]): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  const schemas = new Map<unknown, number>();
  const numberOf = (schema: unknown) => {
    const known = schemas.get(schema) ?? schemas.size;
    schemas.set(schema, known);
    return known;
  };
  const candidates: (Candidate & { readonly key: string })[] = [];
  for (const fixture of webhooks) {
    const { source, webhook } = await keptFor(adapter, fixture);
    const readWebhook = readerOf(source);
    const read = (body: KeptWebhook["body"]) => readWebhook({ ...webhook, body });
    const asItIs = read(webhook.body);
    const types = (await asItIs.outcomes()).map(({ type }) => numberOf(adapter.schemaOf(type)));
    const isRead = fieldsRead(source.configured, webhook);
    const schemasRead = [...new Set(types)].sort().join();
    for (const place of placesIn(webhook.body, webhook.format)) {
      candidates.push({ key: `${schemasRead} ${place.name}`, place, read, usual: asItIs.text, isRead: isRead(place.name) });
    }
  }
  const sorted = candidates.toSorted((one, other) => other.place.weight - one.place.weight);
  return Map.groupBy(sorted, ({ key }) => key);
}

/** What is wrong with how a field is read: malformed is absent, unless it decides; and nothing invalid ever comes of it. */
async function defectsAt(
  adapter: Adapter,
  place: Place,
  absentRead: Read,
  malformedRead: Read,
  read: Candidate["read"],
): Promise<readonly string[]> {
  const [absent, malformed] = [await absentRead.outcomes(), await malformedRead.outcomes()];
  const isOptional = issuesOf(absent).length === 0;
  const mayDie = (outcomes: readonly EventOutcome[]) =>
    !isOptional ||
    KEPT_WHOLE[adapter.id]?.test(place.name) === true ||
    issuesOf(outcomes).every((issue) => issue.includes(MALFORMED_DECISION) || TOO_LONG.test(issue));
  const defects = [...defectsOf(absent, adapter), ...defectsOf(malformed, adapter)].map(
    (defect) => `${place.name} absent or malformed: ${defect}`,
  );
  if (!mayDie(malformed)) defects.push(`${place.malformed().change}: optional, yet ${issuesOf(malformed).join("; ")}`);
  else if (isOptional && issuesOf(malformed).length === 0 && READ_AS_PRESENCE[adapter.id]?.test(place.name) !== true) {
    const seen = goldenText(malformed);
    const allowed = [absent, ...(await Promise.all(place.without().map(({ body }) => read(body).outcomes())))].map(goldenText);
    if (!allowed.includes(seen))
      defects.push(`${place.malformed().change}: not as if it were absent: ${seen}, but ${allowed[0]}`);
  }
  const turn = [...place.name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  for (const { change, body } of place.others().filter((_, index) => (index + turn) % ONE_IN === 0)) {
    const outcomes = await read(body).outcomes();
    defects.push(...defectsOf(outcomes, adapter).map((defect) => `${change}: ${defect}`));
    if (!mayDie(outcomes)) defects.push(`${change}: optional, yet ${issuesOf(outcomes).join("; ")}`);
  }
  return defects;
}
