/**
 * Recorded webhooks, and what they become. Nothing here needs Node: tests that run in workerd read it too.
 */
import * as z from "zod";
import type { Source } from "../config/model.ts";
import { formatOf } from "../contract/formats.ts";
import { utf8Bytes } from "../contract/verify/encoding.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";
import { openBook } from "../identity/book.ts";
import type { Call } from "../pipelines/calls.ts";
import { keptOf } from "../translate/kept.ts";
import type { EventOutcome, KeptWebhook, WebhookTools } from "../translate/webhook.ts";

/** The time at which fixtures are sent and received, milliseconds since 1970. */
export const FIXTURE_TIME = Date.UTC(2026, 10, 23, 12);

/** A webhook as its vendor sends it, but for the signature. */
export interface Fixture {
  /** The file's name without `.json`: the event's type, `/` written as `_`, and perhaps a variant. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Options of the adapter with which it becomes its golden, beside those of the demo. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the vendor's API answers about an id in it; undefined where it is not asked. */
  readonly lookup?: unknown;
  readonly text: string;
}

const strings = z.record(z.string(), z.string()).default({});

const fixtureFile = z
  .strictObject({
    headers: strings,
    query: strings,
    contentType: z.string().default("application/json"),
    options: z.record(z.string(), z.json()).default({}),
    lookup: z.json().optional(),
    body: z.json().optional(),
    raw: z.string().optional(),
  })
  .refine(({ body, raw }) => (body === undefined) !== (raw === undefined), "exactly one of body and raw");

/**
 * A fixture's file.
 * @throws where the text is no fixture
 */
export function parseFixture(name: string, text: string): Fixture {
  const { body, raw, ...rest } = fixtureFile.parse(JSON.parse(text));
  return { name, ...rest, text: raw ?? JSON.stringify(body) };
}

/** A fixture as a request that is not signed yet. */
export function toRequest(fixture: Fixture, { publicUrl }: Source): SignedRequest {
  const query = new URLSearchParams(fixture.query);
  const url = publicUrl ?? "";
  return {
    method: "POST",
    url: url !== "" && query.size > 0 ? `${url}?${query}` : url,
    headers: new Headers({ ...fixture.headers, "content-type": fixture.contentType }),
    query,
    pathToken: null,
    body: utf8Bytes(fixture.text),
  };
}

/** A request as it is kept once it is verified: all of its events, and only the fields that the adapter reads. */
export async function toStored(request: SignedRequest, source: Source, now: number): Promise<KeptWebhook> {
  const { adapter, configured, secrets } = source;
  const verdict = await configured.verifier.verify(request, secrets, now);
  return {
    receivedAt: now,
    format: formatOf(adapter.format, request.body),
    ...keptOf(source, request),
    nonce: verdict.ok ? (verdict.nonce ?? null) : null,
    body: request.body,
    events: null,
  };
}

/** What translation knows beside a fixture's webhook: what its look-up told. */
export function toolsFor({ lookup }: Fixture, { adapter }: Source): Pick<WebhookTools, "view"> {
  return lookup === undefined ? {} : { view: { book: openBook(), found: () => adapter.lookup?.found?.(lookup) } };
}

/** What a vendor event becomes, as a golden holds it: without what only the core decides. */
export function goldenOf(outcome: EventOutcome): unknown {
  const { type, occurredAt } = outcome;
  switch (outcome.kind) {
    case "calls":
      return { type, occurredAt, calls: outcome.calls.map(withoutStamp) };
    case "ignored":
      return { type, occurredAt, ignored: outcome.reason };
    case "waits":
      return { type, occurredAt, waits: outcome.waitsFor.keys };
    case "dead":
      return { type, occurredAt, dead: outcome.reason, issue: outcome.issue };
  }
}

function withoutStamp({ messageId: _, context, ...call }: Call): unknown {
  const { library: __, ...rest } = context ?? {};
  return { ...call, ...(context === undefined ? {} : { context: rest }) };
}
