/**
 * Dead letters: vendor events that a person must look at, each with its webhook as it came.
 */
import * as z from "zod";
import type { InboxWebhook } from "../../translate/inbox.ts";
import { readEnvelope, toWebhook, writeWebhook } from "../inbox/envelope.ts";
import { bytesOf, concat, numberOf, type Row, type SqlValue, type Store, textOf } from "../state/store.ts";

/** Why a vendor event could not be delivered. */
const REASONS = [
  "schema",
  "exception",
  "invalid",
  "too_large",
  "unreadable",
  "unconfigured",
  "orphan",
  "refused",
  "crashed",
  "expired",
] as const;

/** Why a vendor event could not be delivered. */
export type DeathReason = (typeof REASONS)[number];

/** A dead letter, as the API answers it. */
export const deadLetterSchema = () =>
  z.object({
    number: z.number(),
    source: z.string(),
    /** The vendor event's own. */
    id: z.string(),
    type: z.string(),
    /** ISO 8601 UTC. */
    occurredAt: z.string(),
    reason: z.enum(REASONS),
    /** The invalid fields, or the API's error message. */
    detail: z.string(),
    /** Milliseconds since 1970. */
    diedAt: z.number(),
  });

/** A dead letter, without its webhook. */
export type DeadLetter = Readonly<z.output<ReturnType<typeof deadLetterSchema>>>;

/** A dead letter that is not added yet. */
export type Death = Pick<DeadLetter, "id" | "type" | "source" | "occurredAt" | "reason" | "detail">;

/** Filters for dead letters; a missing filter selects all. */
export const deadQuery = z.strictObject({
  numbers: z.array(z.int().positive()).max(1_000).optional(),
  source: z.string().max(32).optional(),
  /** The vendor event's own. */
  id: z.string().max(1_000).optional(),
  type: z.string().max(512).optional(),
  reason: z.enum(REASONS).optional(),
  /** Died at or after, and before; milliseconds since 1970. */
  since: z.int().optional(),
  before: z.int().optional(),
  /** Part of the event's id, type or detail. */
  text: z.string().max(200).optional(),
});

/** Filters for dead letters. */
export type DeadQuery = z.output<typeof deadQuery>;

/** Dead letters that were removed together. */
export interface Exhumed {
  readonly letters: readonly DeadLetter[];
  /** Their webhooks, each with the removed events only, ready for the inbox. */
  readonly webhooks: readonly InboxWebhook[];
}

/** The dead letters of one account. */
export interface DeadLetters {
  /** Adds a dead letter and, once, its webhook; inside the caller's transaction. */
  add(death: Death, webhook: InboxWebhook, now: number): void;
  /** Dead letters with a number above `after`, oldest first. */
  find(query: DeadQuery, after: number, limit: number): readonly DeadLetter[];
  /** The dead letters of these webhooks, each with the webhook's sequence number. */
  ofWebhooks(seqs: readonly number[]): readonly (DeadLetter & { readonly seq: number })[];
  /** Sequence numbers of the webhooks that the newest dead letters came in. */
  newestWebhooks(limit: number): readonly number[];
  /** The webhook of a dead letter. */
  webhookOf(number: number): InboxWebhook | null;
  count(query?: DeadQuery): number;
  /** Removes dead letters, at most `limit`; inside the caller's transaction. */
  remove(query: DeadQuery, limit: number): Exhumed;
}

const COLUMNS = "id, source, event_id, event_type, occurred_at, reason, detail, died_at, webhook";

/** Opens the dead letters. */
export function openDeadLetters(store: Store): DeadLetters {
  /** How many there are; `null` until they are counted again: that reads every row. */
  let all: number | null = null;

  function webhookAt(seq: number, source: string): InboxWebhook | null {
    const head = store.run("SELECT envelope FROM dead_webhook WHERE seq = ?", seq)[0];
    if (head === undefined) return null;
    const envelope = readEnvelope(textOf(head, "envelope"));
    const rows = store.run("SELECT body FROM dead_webhook WHERE seq >= ? AND seq < ? ORDER BY seq", seq, seq + envelope.parts);
    return toWebhook(envelope, { seq, source, body: concat(rows.map((row) => bytesOf(row, "body"))) });
  }

  function select(query: DeadQuery, after: number, limit: number): Row[] {
    const { where, values } = conditionOf(query);
    return store.run(`SELECT ${COLUMNS} FROM dead WHERE id > ? AND ${where} ORDER BY id LIMIT ?`, after, ...values, limit);
  }

  return {
    add: (death, webhook, now) => {
      all = null;
      store.run(
        "INSERT INTO dead (source, event_id, event_type, occurred_at, reason, detail, died_at, webhook) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        death.source,
        death.id,
        death.type,
        death.occurredAt,
        death.reason,
        death.detail,
        now,
        webhook.seq,
      );
      // Rows keep their sequence numbers: further dead events of the same webhook find it.
      if (store.run("SELECT 1 FROM dead_webhook WHERE seq = ?", webhook.seq).length > 0) return;
      const { envelope, parts } = writeWebhook(webhook);
      for (const [index, part] of parts.entries()) {
        const text = index === 0 ? envelope : null;
        store.run("INSERT INTO dead_webhook (seq, envelope, body) VALUES (?, ?, ?)", webhook.seq + index, text, part);
      }
    },
    find: (query, after, limit) => select(query, after, limit).map(letterOf),
    ofWebhooks: (seqs) => {
      // Most webhooks have none, and their numbers are found at once; the dead letters themselves are searched one by one.
      const dead = store.run(
        "SELECT seq FROM dead_webhook WHERE seq IN (SELECT value FROM json_each(?)) AND envelope IS NOT NULL",
        JSON.stringify(seqs),
      );
      if (dead.length === 0) return [];
      const list = JSON.stringify(dead.map((row) => numberOf(row, "seq")));
      return store
        .run(`SELECT ${COLUMNS} FROM dead WHERE webhook IN (SELECT value FROM json_each(?))`, list)
        .map((row) => ({ ...letterOf(row), seq: numberOf(row, "webhook") }));
    },
    newestWebhooks: (limit) =>
      store.run("SELECT webhook FROM dead ORDER BY id DESC LIMIT ?", limit).map((row) => numberOf(row, "webhook")),
    webhookOf: (number) => {
      const letter = store.run("SELECT webhook, source FROM dead WHERE id = ?", number)[0];
      return letter === undefined ? null : webhookAt(numberOf(letter, "webhook"), textOf(letter, "source"));
    },
    count: (query) => {
      if (query === undefined && all !== null) return all;
      const { where, values } = conditionOf(query ?? {});
      const count = numberOf(store.run(`SELECT count(*) AS count FROM dead WHERE ${where}`, ...values)[0], "count");
      if (query === undefined) all = count;
      return count;
    },
    remove: (query, limit) => {
      all = null;
      const rows = select(query, 0, limit);
      const bySeq = new Map<number, DeadLetter[]>();
      for (const row of rows) {
        const seq = numberOf(row, "webhook");
        bySeq.set(seq, [...(bySeq.get(seq) ?? []), letterOf(row)]);
      }
      store.run("DELETE FROM dead WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(rows.map((row) => row.id)));
      const webhooks = [...bySeq].flatMap(([seq, letters]): readonly InboxWebhook[] => {
        const webhook = webhookAt(seq, letters[0]?.source ?? "");
        if (webhook === null) return [];
        if (store.run("SELECT 1 FROM dead WHERE webhook = ? LIMIT 1", seq).length === 0)
          store.run("DELETE FROM dead_webhook WHERE seq >= ? AND seq <= ?", seq, webhook.lastSeq);
        return [{ ...webhook, events: letters.map(({ id, type }) => ({ id, type })), duplicates: 0, ignored: {} }];
      });
      return { letters: [...bySeq.values()].flat(), webhooks };
    },
  };
}

/** A query as a condition. Its text is made of constants; values are parameters. */
function conditionOf(query: DeadQuery): { readonly where: string; readonly values: readonly SqlValue[] } {
  const parts: [string, ...SqlValue[]][] = [["1 = 1"]];
  if (query.numbers) parts.push(["id IN (SELECT value FROM json_each(?))", JSON.stringify(query.numbers)]);
  if (query.source !== undefined) parts.push(["source = ?", query.source]);
  if (query.id !== undefined) parts.push(["event_id = ?", query.id]);
  if (query.type !== undefined) parts.push(["event_type = ?", query.type]);
  if (query.reason !== undefined) parts.push(["reason = ?", query.reason]);
  if (query.since !== undefined) parts.push(["died_at >= ?", query.since]);
  if (query.before !== undefined) parts.push(["died_at < ?", query.before]);
  // Not LIKE: Cloudflare limits its patterns to 50 bytes, and the text may contain wildcards.
  if (query.text !== undefined) parts.push(["instr(event_id || ' ' || event_type || ' ' || detail, ?) > 0", query.text]);
  return { where: parts.map(([condition]) => condition).join(" AND "), values: parts.flatMap(([, ...values]) => values) };
}

function letterOf(row: Row): DeadLetter {
  const reason = textOf(row, "reason");
  return {
    number: numberOf(row, "id"),
    source: textOf(row, "source"),
    id: textOf(row, "event_id"),
    type: textOf(row, "event_type"),
    occurredAt: textOf(row, "occurred_at"),
    // A reason of a later release is shown as unreadable.
    reason: REASONS.find((known) => known === reason) ?? "unreadable",
    detail: textOf(row, "detail"),
    diedAt: numberOf(row, "died_at"),
  };
}
