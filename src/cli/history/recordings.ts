/**
 * Webhooks that other tools recorded, one on each line of a file: what they become for an import.
 */
import * as z from "zod";
import type { ImportedWebhook } from "./deliver.ts";

const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]));

const body = z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]);

/** A webhook as it was received. A body of base64 is decoded. */
const recorded = z.object({
  headers: headersSchema.default({}),
  query: z.record(z.string(), z.string()).default({}),
  body,
  isBase64Encoded: z.boolean().default(false),
});

/** An event or a request with its data. @see https://hookdeck.com/docs/api/events */
const hookdeck = z.object({
  data: z.object({
    headers: headersSchema.nullish(),
    query: z.string().nullish(),
    parsed_query: z.record(z.string(), z.unknown()).nullish().catch(null),
    body,
  }),
});

/** A message with its content. @see https://api.svix.com/docs#tag/Message */
const svix = z.object({
  id: z.string(),
  eventType: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
  payload: z.record(z.string(), z.unknown()),
});

/** What a line may be, by the name that `--from` takes. */
export const RECORDINGS = {
  recorded: "{ headers, query, body } of each webhook; the body is text or JSON, with isBase64Encoded base64.",
  hookdeck: "Events or requests of Hookdeck's API, with their data.",
  svix: "Messages of Svix's API, with their content.",
  bodies: "Bodies alone: an export of calls, or a vendor's list of events.",
} as const;

/** The name of a kind of recording. */
export type RecordingKind = keyof typeof RECORDINGS;

/** Whether there is such a kind. */
export function isRecordingKind(name: string): name is RecordingKind {
  return Object.hasOwn(RECORDINGS, name);
}

/** The names of all kinds. */
export const RECORDING_KINDS: readonly RecordingKind[] = Object.keys(RECORDINGS).filter(isRecordingKind);

/** Headers whose value is the signed id of a delivery. @see https://www.standardwebhooks.com */
const DELIVERY_IDS = ["webhook-id", "svix-id"];

const READERS: Readonly<Record<RecordingKind, (value: unknown) => ImportedWebhook | null>> = {
  recorded: (value) => {
    const found = recorded.safeParse(value).data;
    if (!found) return null;
    return webhookOf(found.headers, found.query, found.body, found.isBase64Encoded);
  },
  hookdeck: (value) => {
    const { data } = hookdeck.safeParse(value).data ?? {};
    return data ? webhookOf(data.headers ?? {}, queryOf(data.parsed_query, data.query), data.body, false) : null;
  },
  svix: (value) => {
    const found = svix.safeParse(value).data;
    if (!found) return null;
    const sent = String(Math.floor(Date.parse(found.timestamp) / 1000));
    return webhookOf({ "webhook-id": found.id, "webhook-timestamp": sent }, {}, found.payload, false);
  },
  bodies: (value) => {
    const found = body.safeParse(value).data;
    return found === undefined || typeof found === "string" ? null : webhookOf({}, {}, found, false);
  },
};

/** What kind of recording a line is: the most particular one that fits; `null` where none does. */
export function kindOf(value: unknown): RecordingKind | null {
  const order = ["hookdeck", "svix", "recorded", "bodies"] as const;
  return order.find((kind) => READERS[kind](value) !== null) ?? null;
}

/** A line as an import takes it; `null` where it is none of this kind. @param more headers that every webhook has */
export function readRecording(
  kind: RecordingKind,
  value: unknown,
  more: Readonly<Record<string, string>> = {},
): ImportedWebhook | null {
  const webhook = READERS[kind](value);
  return webhook && { ...webhook, headers: { ...webhook.headers, ...more } };
}

function webhookOf(
  given: z.output<typeof headersSchema>,
  query: Readonly<Record<string, string>>,
  content: z.output<typeof body>,
  isBase64: boolean,
): ImportedWebhook {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text === "string") headers[name.toLowerCase()] = text;
  }
  const isText = typeof content === "string";
  if (!isText) headers["content-type"] ??= "application/json";
  const delivery = DELIVERY_IDS.map((name) => headers[name]).find((id) => id !== undefined && id !== "");
  return {
    headers: withoutProofs(headers),
    query: { ...query },
    body: isText ? content : JSON.stringify(content),
    ...(isText && isBase64 ? { encoding: "base64" as const } : {}),
    ...(delivery === undefined ? {} : { delivery: delivery.slice(0, 500) }),
  };
}

/** What proved the sender then is no business of the import, and what describes the transfer is not true of it any more. */
function withoutProofs(headers: Readonly<Record<string, string>>): Record<string, string> {
  const without =
    /^(authorization|cookie|proxy-authorization|content-length|content-encoding|transfer-encoding|connection|host)$/;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !without.test(name) && !/signature|hmac|-token$|secret/.test(name)),
  );
}

function queryOf(parsed: Readonly<Record<string, unknown>> | null | undefined, raw: string | null | undefined) {
  const known = Object.entries(parsed ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return known.length > 0 ? Object.fromEntries(known) : Object.fromEntries(new URLSearchParams(raw ?? ""));
}
