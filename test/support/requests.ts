/**
 * Requests as vendors send them, and webhooks as they are kept.
 */
import * as z from "zod";
import { FIXTURE_TIME, type Fixture, toRequest, toStored } from "../../src/cli/recorded.ts";
import type { Source } from "../../src/config/model.ts";
import type { Draft } from "../../src/contract/drafts.ts";
import type { Adapter, ConfiguredAdapter } from "../../src/contract/interface.ts";
import { type ParseResult, parseBody } from "../../src/contract/parse.ts";
import type { SignedRequest, Verdict, Verifier } from "../../src/contract/verify/verifier.ts";
import type { KeptWebhook } from "../../src/translate/webhook.ts";
import { configured, sourceOf } from "./accounts.ts";
import { watch } from "./watched.ts";

/** The time at which fixtures are sent and received, milliseconds since 1970. */
export const NOW = FIXTURE_TIME;

/** The option of every source that a fixture may set beside those of its adapter. */
const options = z.looseObject({ custom_fields: z.literal("all").or(z.array(z.string())).default([]) });

/** The options that a fixture sets of its adapter's own. */
export function ownOptionsOf(fixture: Fixture): Fixture["options"] {
  const { custom_fields: _, ...own } = fixture.options;
  return own;
}

/** The source that a fixture is for: its adapter, with the fixture's own options. */
export function sourceFor(adapter: Adapter, fixture: Fixture): Source {
  const source = sourceOf(adapter, { configured: configured(adapter, ownOptionsOf(fixture)) });
  const { custom_fields: customFields } = options.parse(fixture.options);
  return customFields.length === 0 ? source : { ...source, options: { ...source.options, customFields } };
}

/** A fixture as a request that is not signed yet. */
export function requestOf(adapter: Adapter, fixture: Fixture): SignedRequest {
  return toRequest(fixture, sourceFor(adapter, fixture));
}

/** The verdict on a request: what its head decides, then its body. */
export async function judge(verifier: Verifier, request: SignedRequest, secrets: readonly string[], now = NOW): Promise<Verdict> {
  const head = verifier.precheck(request, now);
  return head.ok ? verifier.verify(request, secrets, now) : head;
}

/** A fixture as it is kept after verification: all of its events, and only the fields that the adapter reads. */
export async function storedWebhook(source: Source, fixture: Fixture): Promise<KeptWebhook> {
  const [secret = ""] = source.secrets;
  return toStored(await source.configured.verifier.sign(toRequest(fixture, source), secret, NOW), source, NOW);
}

/** A fixture as it is kept, with its source. */
export interface Kept {
  readonly source: Source;
  readonly webhook: KeptWebhook;
}

const kept = new WeakMap<Fixture, Promise<Kept>>();

/** A fixture as it is kept: signed and verified once, for all that is made of it. */
export function keptFor(adapter: Adapter, fixture: Fixture): Promise<Kept> {
  const known = kept.get(fixture) ?? keep(adapter, fixture);
  kept.set(fixture, known);
  return known;
}

async function keep(adapter: Adapter, fixture: Fixture): Promise<Kept> {
  const source = sourceFor(adapter, fixture);
  return { source, webhook: await storedWebhook(source, fixture) };
}

/** What an adapter alone makes of one event, before the core looks for its person. */
export interface Reading {
  readonly id: string;
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** Empty where the event is ignored or unreadable. */
  readonly drafts: readonly Draft[];
  /** The named reason or the wrong fields, where there are no drafts. */
  readonly reason: string;
}

/** What an adapter alone makes of a kept webhook; nothing where it refuses the webhook. */
export function readingsOf(configured: ConfiguredAdapter, webhook: KeptWebhook): readonly Reading[] {
  const { map } = configured;
  const events = partsOf(configured, webhook).flatMap((part) => (part.ok ? part.events : []));
  return events.map((event) => {
    const mapped = map(event);
    const known = { id: event.id, type: event.type, occurredAt: event.occurredAt };
    if (mapped.kind === "drafts") return { ...known, drafts: mapped.drafts, reason: "" };
    return { ...known, drafts: [], reason: mapped.kind === "ignore" ? mapped.reason : mapped.issue };
  });
}

/**
 * All that an adapter makes of a kept webhook, as text, also of what it refuses: of two that are equal, translation makes the same.
 * @param body its body, if it is parsed already
 */
export function wholeReadingOf(configured: ConfiguredAdapter, webhook: KeptWebhook, body: ParseResult = parsed(webhook)): string {
  const parts = partsOf(configured, webhook, body);
  return JSON.stringify([
    parts.map((part) => (part.ok ? part.events.map((event) => [{ ...event, data: null }, configured.map(event)]) : part.issue)),
    body.ok,
  ]);
}

/** Tells of each field of a kept webhook's body whether an adapter reads it, by its path; every index of a list is written `[]`. */
export function fieldsRead(configured: ConfiguredAdapter, webhook: KeptWebhook): (name: string) => boolean {
  const body = parsed(webhook);
  if (!body.ok) return () => true;
  const { value, wasRead } = watch(body.value);
  const [reading, watched] = [
    wholeReadingOf(configured, webhook, body),
    wholeReadingOf(configured, webhook, { ok: true, value }),
  ];
  if (reading !== watched) throw new Error(`read as it is: ${reading}; watched: ${watched}`);
  return wasRead;
}

const bodies = new WeakMap<KeptWebhook["body"], ParseResult>();

/** A webhook's body, parsed once for all that is made of it: with other headers it is the same. */
function parsed({ body, format }: KeptWebhook): ParseResult {
  const known = bodies.get(body) ?? parseBody(body, format);
  bodies.set(body, known);
  return known;
}

/** The parts that an adapter finds in a kept webhook. */
export function partsOf(
  { read }: ConfiguredAdapter,
  webhook: KeptWebhook,
  body = parsed(webhook),
): ReturnType<ConfiguredAdapter["read"]> {
  return read(
    { body: body.ok ? body.value : null, headers: webhook.headers, query: webhook.query },
    {
      receivedAt: new Date(webhook.receivedAt).toISOString(),
      bodyHash: "0".repeat(64),
      ...(webhook.nonce === null ? {} : { nonce: webhook.nonce }),
    },
  );
}
