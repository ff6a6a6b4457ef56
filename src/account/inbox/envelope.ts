/**
 * The stored form of a webhook: its envelope as JSON, beside the rows of its body.
 */
import * as z from "zod";
import type { BodyFormat } from "../../contract/formats.ts";
import { parseAs } from "../../contract/read-as.ts";
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import type { InboxWebhook, NewWebhook, SkippedEvent, WebhookNotes } from "../../translate/inbox.ts";
import { LARGEST_VALUE, split } from "../state/store.ts";

const format: z.ZodType<BodyFormat> = z.union([
  z.enum(["json", "json-lines", "form", "multipart", "jwt", "text"]),
  z.strictObject({ form: z.string() }),
]);

const notesSchema = z.object({
  keptAt: z.number().exactOptional(),
  verified: z.tuple([z.number(), z.number()]).exactOptional(),
  secret: z.string().exactOptional(),
  skipped: z
    .array(z.tuple([z.string(), z.string(), z.string().nullable(), z.number()]))
    .transform((lines) => lines.map(([id, type, reason, at]): SkippedEvent => ({ id, type, reason, at })))
    .exactOptional(),
  imported: z.literal(true).exactOptional(),
  replayOf: z.number().exactOptional(),
});

const schema = z.object({
  receivedAt: z.number(),
  format,
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  nonce: z.string().nullable(),
  /** The accepted events: id and type. */
  events: z.array(z.tuple([z.string(), z.string()]).transform(([id, type]) => ({ id, type }))),
  duplicates: z.number(),
  /** How many were ignored, by reason. */
  ignored: z.record(z.string(), z.number()),
  /** The number of rows of the body, including this one. */
  parts: z.number(),
  /** When it was replayed from the dead letters, milliseconds since 1970; `null` if it came from the vendor. */
  replayedAt: z.number().nullable().default(null),
  notes: notesSchema.default({}),
});

/** A stored webhook without its body. Releases read each other's envelopes: fields are added with a default, never renamed. */
export type Envelope = z.output<typeof schema>;

/** The envelope of a webhook, as text. @param parts the number of rows of the body */
export function writeEnvelope(webhook: NewWebhook, parts: number): string {
  const { receivedAt, format, headers, query, nonce, events, duplicates, ignored, replayedAt, notes = {} } = webhook;
  const names = events.map(({ id, type }) => [id, type]);
  const counts = { duplicates, ignored, parts, replayedAt };
  return JSON.stringify({ receivedAt, format, headers, query, nonce, events: names, notes: writtenNotes(notes), ...counts });
}

/**
 * The rows of a webhook: the text of its envelope, which is in the first of them, and the parts of its body.
 * @param beside bytes that the first row has beside the two
 */
export function writeWebhook(
  webhook: NewWebhook,
  beside = 0,
): { readonly envelope: string; readonly parts: readonly (ArrayBuffer | Uint8Array<ArrayBuffer>)[] } {
  const envelope = writeEnvelope(webhook, 1);
  // A UTF-16 unit is at most three bytes of UTF-8: only where it matters it is counted exactly.
  const most = beside + 3 * envelope.length;
  if (webhook.body.byteLength + most <= LARGEST_VALUE) return { envelope, parts: [webhook.body] };
  const parts = split(webhook.body, beside + utf8Bytes(envelope).byteLength);
  return { envelope: parts.length === 1 ? envelope : writeEnvelope(webhook, parts.length), parts };
}

function writtenNotes({ skipped, ...notes }: WebhookNotes): object {
  if (skipped === undefined || skipped.length === 0) return notes;
  return { ...notes, skipped: skipped.map(({ id, type, reason, at }) => [id, type, reason, at]) };
}

/** Reads an envelope. @throws ZodError if the text is not an envelope: a defect */
export function readEnvelope(text: string): Envelope {
  return parseAs(schema, JSON.parse(text));
}

/** The webhook of an envelope and its body. */
export function toWebhook(
  { parts, ...envelope }: Envelope,
  { seq, source, body }: { readonly seq: number; readonly source: string; readonly body: Uint8Array<ArrayBuffer> },
): InboxWebhook {
  return { ...envelope, seq, lastSeq: seq + parts - 1, source, body };
}
