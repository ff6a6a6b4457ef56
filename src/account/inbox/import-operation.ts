/**
 * Takes webhooks that no vendor sent: an operator read them from a file, or made them of what the vendor's API says. They are read, deduplicated
 * and translated as webhooks are, with the vendor's ids and times.
 */
import * as z from "zod";
import type { Source } from "../../config/model.ts";
import { decode, utf8Bytes } from "../../contract/verify/encoding.ts";
import { keptOf, keptParts } from "../../translate/kept.ts";
import { findFormat, type Reading, readWebhook, type WebhookContent } from "../../translate/reading.ts";
import { MAY_TRIGGER } from "../events/replay.ts";
import type { AccountModules } from "../modules.ts";
import { defineOperation, done, refused } from "../operation.ts";
import type { AcceptRequest } from "../rpc.ts";
import { keysOf } from "./dedupe-store.ts";

/** Webhooks of one request, and its bytes. */
const MOST_AT_ONCE = 200;
const LARGEST = 8 * 1024 * 1024;

/** With so many events pending, the account takes no more imports: what vendors send meanwhile would wait behind them. */
const MOST_PENDING = 2_000;

/** Problems and names that one answer lists. */
const MOST_LISTED = 50;

const texts = z.record(z.string().max(200), z.string().max(10_000));

const webhookSchema = z.strictObject({
  /** As the vendor would send them; only those that the adapter reads are kept. */
  headers: texts.default({}),
  query: texts.default({}),
  /** Byte for byte: as text, or as base64 where it is no text. */
  body: z.string(),
  encoding: z.enum(["text", "base64"]).default("text"),
  /** The signed id of the delivery, where the vendor's scheme has one. */
  delivery: z.string().min(1).max(500).optional(),
});

const STOPS = ["behind", "busy", "full", "source_full", "compacting", "removed"] as const;

const counts = z.record(z.string(), z.number());

const output = () =>
  z.object({
    /** How many of the webhooks were read: those behind them were not, and are to be sent again. */
    done: z.number(),
    /** Why not all: the account has enough to do, or no room. `null` if all were read. */
    stopped: z.enum(STOPS).nullable(),
    /** Whether nothing was kept. */
    dry_run: z.boolean(),
    /** Vendor events, each counted once. In a dry run `accepted` would be. */
    accepted: z.number(),
    duplicate: z.number(),
    ignored: z.number(),
    /** Kept, as dead letters to come: the adapter does not read them. */
    unreadable: z.number(),
    /** Accepted events younger than 72 hours: they may start automations. */
    may_trigger: z.number(),
    /** Accepted events by type, and what the adapter makes of them, by the names of events and `identify`, before anything is known of people. */
    types: counts,
    makes: counts,
    /** Why events are ignored. */
    reasons: counts,
    /** Webhooks that were refused, by their place from 0: nothing of them is kept. */
    refused: z.array(z.object({ index: z.number(), issue: z.string() })),
  });

type Answer = z.output<ReturnType<typeof output>>;
type Given = z.output<typeof webhookSchema>;

/** Takes a page of webhooks. */
export const importWebhooks = defineOperation({
  method: "POST",
  path: "/import",
  summary:
    "Takes webhooks that the vendor did not send here: recorded ones, or its API's records in the form of webhooks. They are read, deduplicated and translated as webhooks are, and do not count as sent by the vendor.",
  limit: LARGEST,
  input: z.strictObject({
    source: z.string().max(32),
    webhooks: z.array(webhookSchema).min(1).max(MOST_AT_ONCE),
    /** Only says what would happen. */
    dry_run: z.boolean().default(false),
  }),
  output,
  changes: ({ accepted, dry_run: isDry }) => (isDry ? 0 : accepted),
  refusals: {
    malformed: {
      error: "bad_import",
      message: `Send application/json: { "source", "webhooks": [{ "headers", "query", "body", "encoding", "delivery" }] }, 1 to ${MOST_AT_ONCE}, 8 MB at most; dry_run: true only counts.`,
    },
    absent: { error: "not_found", message: "The account has no such source, or it cannot be used." },
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async ({ account, configured, wake }, { source: name, webhooks, dry_run: isDry }) => {
    const found = await configured();
    if (found === null) return refused("unusable");
    const state = found.sources.get(name);
    if (!state?.ok) return refused("absent");
    const tally = createTally(isDry);
    if (!isDry && isBehind(account)) return done(tally.answer(0, "behind"));
    for (const [index, webhook] of webhooks.entries()) {
      const stop = await take(account, state.source, { webhook, index, isDry }, tally);
      if (stop !== null) return done(tally.answer(index, stop));
    }
    if (!isDry) wake();
    return done(tally.answer(webhooks.length, null));
  },
});

interface Taken {
  readonly webhook: Given;
  readonly index: number;
  readonly isDry: boolean;
}

/** Takes one webhook. @returns why the account takes no more */
async function take(
  account: AccountModules,
  source: Source,
  { webhook, index, isDry }: Taken,
  tally: ReturnType<typeof createTally>,
): Promise<Answer["stopped"]> {
  const content = contentOf(webhook, source, account.now());
  if (!content.ok) {
    tally.refuse(index, content.issue);
    return null;
  }
  const reading = await readWebhook(content.webhook, source);
  const kept = await keptParts(reading, content.webhook.body);
  const request: AcceptRequest = { ...content.webhook, ...kept, source: source.name, proof: null, imported: true };
  const names = [...kept.events, ...kept.unreadable];
  const ids = names.map(({ id }) => id);
  const keys = keysOf(source.name, ids);
  const found = account.dedupe.known(keys);
  if (!isDry) {
    const answer = await account.accept(request);
    if (answer.kind === "refused") return answer.reason === "replayed" ? "busy" : answer.reason;
  }
  const fresh = new Set(names.filter((_, place) => !found.has(place)).map(({ id }) => id));
  tally.count(reading, source, { fresh, ...kept }, account.now());
  return null;
}

function isBehind({ balances }: AccountModules): boolean {
  return [...balances().values()].reduce((sum, { pending }) => sum + pending, 0) >= MOST_PENDING;
}

type Content = { readonly ok: true; readonly webhook: WebhookContent } | { readonly ok: false; readonly issue: string };

function contentOf({ headers: given, query, body: text, encoding, delivery }: Given, source: Source, now: number): Content {
  const body = encoding === "text" ? utf8Bytes(text) : decode(text, "base64");
  if (body === null) return { ok: false, issue: "the body is not base64" };
  const { bodyLimit } = source.configured;
  if (body.byteLength > bodyLimit) return { ok: false, issue: `the body is larger than ${bodyLimit} bytes` };
  const headers = headersOf(given);
  if (headers === null) return { ok: false, issue: "a header's name or value is not allowed in HTTP" };
  const found = findFormat(source.adapter.format, body, headers.get("content-type") ?? undefined);
  if (!found.ok) return found;
  const kept = keptOf(source, { headers, query: new URLSearchParams(query) });
  return { ok: true, webhook: { receivedAt: now, format: found.format, ...kept, nonce: delivery ?? null, body } };
}

function headersOf(given: Readonly<Record<string, string>>): Headers | null {
  try {
    return new Headers(given);
  } catch {
    return null;
  }
}

/** Counts what became of webhooks. */
function createTally(isDry: boolean) {
  const sums = { accepted: 0, duplicate: 0, ignored: 0, unreadable: 0, may_trigger: 0 };
  const [types, makes, reasons] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const refusals: { readonly index: number; readonly issue: string }[] = [];
  return {
    refuse: (index: number, issue: string): void => {
      refusals.push({ index, issue });
    },
    /** @param fresh the ids of events that were not known */
    count: (
      { events }: Reading,
      source: Source,
      kept: Pick<AcceptRequest, "events" | "ignored" | "unreadable"> & { readonly fresh: ReadonlySet<string> },
      now: number,
    ): void => {
      const taken = [...new Map(events.map(({ event }) => [event.id, event])).values()].filter(
        ({ id }) => kept.fresh.has(id) && kept.events.some((name) => name.id === id),
      );
      const unread = kept.unreadable.filter(({ id }) => kept.fresh.has(id));
      sums.accepted += taken.length + unread.length;
      sums.unreadable += unread.length;
      sums.duplicate += kept.events.length + kept.unreadable.length - taken.length - unread.length;
      for (const event of taken) {
        if (now - Date.parse(event.occurredAt) < MAY_TRIGGER) sums.may_trigger += 1;
        add(types, event.type);
        const mapped = source.configured.map(event);
        for (const draft of mapped.kind === "drafts" ? mapped.drafts : [])
          add(makes, draft.kind === "track" ? draft.event : draft.kind);
        if (mapped.kind === "ignore") add(reasons, mapped.reason);
        if (mapped.kind === "failed") add(makes, "dead letter");
      }
      for (const [reason, times] of Object.entries(kept.ignored)) {
        sums.ignored += times;
        add(reasons, reason, times);
      }
    },
    answer: (done: number, stopped: Answer["stopped"]): Answer => ({
      ...sums,
      dry_run: isDry,
      done,
      stopped,
      types: listed(types),
      makes: listed(makes),
      reasons: listed(reasons),
      refused: refusals.slice(0, MOST_LISTED),
    }),
  };
}

function add(to: Map<string, number>, name: string, times = 1): void {
  to.set(name, (to.get(name) ?? 0) + times);
}

function listed(of: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...of].sort(([, one], [, other]) => other - one).slice(0, MOST_LISTED));
}
