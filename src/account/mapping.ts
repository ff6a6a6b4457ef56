/**
 * From a kept webhook to finished calls: the same function at the flush, at replay and in `npm run map`.
 */
import type { Account, Source } from "../config.ts";
import type { BodyFormat, VendorEvent } from "../contract/define.ts";
import type { Draft, Properties } from "../contract/drafts.ts";
import { parseBody } from "../contract/parse.ts";
import { encode } from "../contract/verify/encoding.ts";
import { type Identity, resolvePerson } from "../identity/resolve.ts";
import { consentTraitsOf, traitsOf } from "../identity/traits.ts";
import type { Call } from "../pipelines/calls.ts";
import { shapeCall } from "../pipelines/shape.ts";
import { finish, type UnstampedCall } from "../pipelines/stamp.ts";

/** A webhook as it is kept. */
export interface StoredWebhook {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly format: BodyFormat;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly nonce: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The events that were accepted; `null` for all that there are. */
  readonly events: readonly EventName[] | null;
}

/** What a vendor event is known by. */
export interface EventName {
  readonly id: string;
  readonly type: string;
}

/** Why a vendor event became a dead letter before anything was sent. */
export type MapFailure = "schema" | "exception" | "invalid" | "too_large" | "unreadable";

/** What one vendor event became. An `issue` names fields, never values. */
export type EventOutcome = EventName & { readonly occurredAt: string } & (
    | { readonly kind: "calls"; readonly calls: readonly Call[] }
    | { readonly kind: "ignored"; readonly reason: string }
    | { readonly kind: "dead"; readonly reason: MapFailure; readonly issue: string }
  );

/** Maps the accepted events of a webhook with today's adapter, in their order. Never throws on what a vendor sent. */
export async function mapWebhook(webhook: StoredWebhook, source: Source, account: Account): Promise<readonly EventOutcome[]> {
  const receivedAt = new Date(webhook.receivedAt).toISOString();
  const unreadable = (issue: string): readonly EventOutcome[] =>
    (webhook.events ?? [{ id: "", type: "" }]).map((event) => ({
      ...event,
      occurredAt: receivedAt,
      kind: "dead",
      reason: "unreadable",
      issue,
    }));

  const parsed = parseBody(webhook.body, webhook.format);
  if (!parsed.ok) return unreadable(parsed.issue);
  const read = source.configured.read(
    { body: parsed.value, headers: webhook.headers, query: webhook.query },
    {
      receivedAt,
      bodyHash: encode(new Uint8Array(await crypto.subtle.digest("SHA-256", webhook.body)), "hex"),
      ...(webhook.nonce === null ? {} : { nonce: webhook.nonce }),
    },
  );
  if (!read.ok) return unreadable(read.issue);

  const found = new Map<string, VendorEvent>();
  for (const event of read.events) if (!found.has(event.id)) found.set(event.id, event);
  const wanted = webhook.events ?? [...found.values()].map(({ id, type }) => ({ id, type }));
  const outcomes: EventOutcome[] = [];
  for (const name of wanted) {
    const event = found.get(name.id);
    outcomes.push(
      event === undefined
        ? {
            ...name,
            occurredAt: receivedAt,
            kind: "dead",
            reason: "unreadable",
            issue: "the adapter no longer finds this event in its webhook",
          }
        : await mapEvent(event, source, account),
    );
  }
  return outcomes;
}

async function mapEvent(event: VendorEvent, source: Source, account: Account): Promise<EventOutcome> {
  const { id, type, occurredAt } = event;
  const name = { id, type, occurredAt };
  const mapped = source.configured.map(event);
  if (mapped.kind === "ignore") return { ...name, kind: "ignored", reason: mapped.reason };
  if (mapped.kind === "failed") return { ...name, kind: "dead", reason: mapped.reason, issue: mapped.issue };

  const addressed = address(mapped.drafts, source, account);
  if (addressed.length === 0) return { ...name, kind: "ignored", reason: "names nobody" };
  const finished = await finish(addressed, {
    account: account.name,
    source: source.name,
    provider: source.adapter.id,
    event: name,
    integrations: source.options.integrations,
  });
  if (!finished.ok) return { ...name, kind: "dead", reason: "invalid", issue: finished.issue };

  const calls: Call[] = [];
  for (const call of finished.calls) {
    const shaped = shapeCall(call);
    if (shaped === null)
      return { ...name, kind: "dead", reason: "too_large", issue: `${call.type}: over 32,000 bytes after shortening` };
    calls.push(shaped.call);
  }
  return { ...name, kind: "calls", calls };
}

/** Drafts with the person resolved: one identify per person and event, ahead of everything else; drafts that name nobody are left out. */
function address(drafts: readonly Draft[], source: Source, account: Account): readonly UnstampedCall[] {
  const policy = { identifiers: account.identifiers, source: source.name, userIdFrom: source.options.userIdFrom };
  const traitPolicy = { source: source.name, ownsProfile: account.profileFrom.includes(source.name) };
  const identified = new Map<string, { readonly identity: Identity; readonly traits: Properties }>();
  const calls: UnstampedCall[] = [];
  const learn = (identity: Identity, traits: Properties): void => {
    const key = JSON.stringify(identity);
    identified.set(key, { identity, traits: { ...identified.get(key)?.traits, ...traits } });
  };

  for (const draft of drafts) {
    const resolution = resolvePerson(draft.person, policy);
    if (resolution === null) continue;
    const { identity } = resolution;
    switch (draft.kind) {
      case "identify":
        learn(identity, traitsOf(draft, resolution, traitPolicy));
        break;
      case "consent":
        learn(identity, consentTraitsOf(draft, source.name));
        break;
      case "track":
      case "deleted":
        calls.push({ type: "track", ...identity, event: draft.event, properties: draft.properties });
        break;
      case "page":
        calls.push({ type: "page", ...identity, name: draft.name, properties: { ...draft.properties, url: draft.url } });
        break;
      case "group":
        // Objects are sent only where the source names their type.
        break;
    }
  }
  return [
    ...[...identified.values()].map(({ identity, traits }): UnstampedCall => ({ type: "identify", ...identity, traits })),
    ...calls,
  ];
}
