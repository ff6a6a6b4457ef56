import * as z from "zod";
import type { BodyFormat } from "../contract/define.ts";

const format: z.ZodType<BodyFormat> = z.union([
  z.enum(["json", "json-lines", "form", "multipart", "jwt", "text"]),
  z.strictObject({ form: z.string() }),
  z.strictObject({ multipart: z.string() }),
]);

const schema = z.object({
  receivedAt: z.number(),
  format,
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  nonce: z.string().nullable(),
  /** The accepted events: id and type. */
  events: z.array(z.tuple([z.string(), z.string()])),
  duplicates: z.number(),
  /** How many were ignored, by reason. */
  ignored: z.record(z.string(), z.number()),
  /** Rows of the log that hold the body, this one included. */
  parts: z.number(),
  /** When it was put back from the dead letters, milliseconds; `null` for what came from the vendor. */
  replayedAt: z.number().nullable().default(null),
});

/** What is kept beside a webhook's body. One release reads what another wrote: fields are added, with a default, never renamed. */
export type Envelope = z.output<typeof schema>;

/** The envelope as text. */
export function writeEnvelope(envelope: Envelope): string {
  return JSON.stringify(envelope);
}

/** The envelope from text. @throws ZodError when it is none: a defect */
export function readEnvelope(text: string): Envelope {
  return schema.parse(JSON.parse(text));
}
