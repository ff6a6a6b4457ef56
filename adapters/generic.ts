/**
 * Any sender that signs with a shared key or sends it along: options say how, and where in a body everything stands.
 *
 * There is no way to leave the proof out, and options that contradict each other make the source unusable. Of a body only what an option
 * names is passed on.
 */
import * as z from "zod";
import { byPaths, eventAt, path, pathOptions, valueAt } from "../src/contract/by-paths.ts";
import { defineAdapter } from "../src/contract/define.ts";
import { ignore } from "../src/contract/drafts.ts";
import { id } from "../src/contract/fields.ts";
import { basicAuth } from "../src/contract/verify/basic-auth.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { base64, hex, utf8 } from "../src/contract/verify/keys.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";
import type { Part, Parts } from "../src/contract/verify/message.ts";
import { pathToken } from "../src/contract/verify/path-token.ts";
import { token } from "../src/contract/verify/token.ts";
import type { Verifier } from "../src/contract/verify/verifier.ts";

const HASHES = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const;
const KEYS = { text: utf8(), base64: base64(), hex: hex() };

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/)
  .toLowerCase();

const options = z
  .strictObject({
    scheme: z.enum(["hmac", "token", "basic", "path"]).default("hmac"),
    /** Of the signature (`x-signature` unless said otherwise) or of the token. */
    header: headerName.optional(),
    /** What stands before the signature or the token: `sha256=`, `Bearer `. */
    prefix: z.string().max(50).optional(),
    hash: z.enum(["sha1", "sha256", "sha512"]).optional(),
    encoding: z.enum(["hex", "base64", "base64url"]).optional(),
    key: z.enum(["text", "base64", "hex"]).optional(),
    /** What is signed: `{body}` unless said otherwise; also `{timestamp}`, `{id}`, `{method}`, `{url}`, `{path}`. */
    message: z.string().max(200).optional(),
    timestamp_header: headerName.optional(),
    timestamp_unit: z.enum(["iso", "seconds", "milliseconds"]).optional(),
    /** Seconds. */
    tolerance: z.number().min(1).max(3600).optional(),
    /** A signed id of the delivery. */
    id_header: headerName.optional(),
    /** The list of events where a body holds several; `.` where the body is the list. */
    batch_path: z.union([z.literal("."), path]).optional(),
    /** An id that no other event of this sender has; otherwise a hash of the body stands in. */
    id_path: path.optional(),
    ...pathOptions,
  })
  .superRefine((o, context) => {
    const { scheme, message = "{body}" } = o;
    const refuse = (name: string, reason: string, applies: boolean) => {
      if (applies) context.addIssue({ code: "custom", path: [name], message: reason });
    };
    const tokens: readonly string[] = message.match(/\{[^}]*\}/g) ?? [];
    const ofHmac = [
      "hash",
      "encoding",
      "key",
      "message",
      "timestamp_header",
      "timestamp_unit",
      "tolerance",
      "id_header",
    ] as const;
    for (const name of ofHmac) refuse(name, "belongs to the scheme hmac", scheme !== "hmac" && o[name] !== undefined);
    for (const name of ["header", "prefix"] as const)
      refuse(name, "belongs to the schemes hmac and token", (scheme === "basic" || scheme === "path") && o[name] !== undefined);
    refuse("header", "is needed by the scheme token", scheme === "token" && o.header === undefined);
    refuse("deletes", "needs the scheme hmac: nothing else proves the body", scheme !== "hmac" && o.deletes.length > 0);
    refuse("message", "must hold {body} once", tokens.filter((part) => part === "{body}").length !== 1);
    refuse(
      "message",
      "holds something else in braces",
      tokens.some((part) => !TOKENS.has(part)),
    );
    for (const [part, name] of [
      ["{timestamp}", "timestamp_header"],
      ["{id}", "id_header"],
    ] as const)
      refuse("message", `must hold ${part} exactly where ${name} is set`, tokens.includes(part) !== (o[name] !== undefined));
    for (const name of ["timestamp_unit", "tolerance"] as const)
      refuse(name, "needs timestamp_header", o[name] !== undefined && o.timestamp_header === undefined);
  });

const TOKENS: ReadonlyMap<string, (parts: Parts) => Part> = new Map<string, (parts: Parts) => Part>([
  ["{body}", (parts) => parts.body],
  ["{timestamp}", (parts) => parts.timestamp],
  ["{id}", (parts) => parts.id],
  ["{method}", (parts) => parts.method],
  ["{url}", (parts) => parts.url],
  ["{path}", (parts) => parts.path],
]);

export default defineAdapter({
  id: "generic",
  name: "Generic",
  docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The key that the sender signs with, or the token that it sends; user:password with the scheme basic",
    demo: "tributary_demo_generic_secret",
  },
  verify: verifierOf,
  options,
  demoOptions: {
    id_path: "event_id",
    person_id_path: "customer.id",
    email_path: "customer.email",
    properties: { order_id: "order.id", items: "order.items", paid_at: "order.paid_at" },
  },
  webhook: z.object({ body: z.unknown() }),
  events: ({ body }, { bodyHash, receivedAt, nonce }, o) => {
    const list = o.batch_path === undefined ? null : o.batch_path === "." ? body : valueAt(body, o.batch_path);
    const records: readonly unknown[] = Array.isArray(list) ? list : [body];
    return records.map((record, index) => {
      const event = eventAt(record, o, receivedAt);
      const own = id.safeParse(valueAt(record, o.id_path)).data;
      const place = o.batch_path === undefined ? "" : `:${index}`;
      return { id: own ?? (nonce ?? `${event.data.name}:${bodyHash}`) + place, ...event };
    });
  },
  handlers: {
    ping: ignore("asks whether somebody is there"),
  },
  otherwise: byPaths,
  habits: {
    timeoutSeconds: null,
    retries: "as the sender does",
    givesUp: "as the sender does",
    setup: [
      "Give the sender the URL of this source; with the scheme path, a slash and the secret behind it.",
      "Set scheme: hmac (the default; x-signature holds the SHA-256 of the body in hex), token with its header, basic or path.",
      'For hmac set header, prefix, hash, encoding, key and message as the sender\'s page has them; where it signs a time, timestamp_header and a message such as "{timestamp}.{body}".',
      "Set type_path, time_path and id_path, and batch_path where one body holds several events.",
      "Set user_id_from, person_id_path or email_path: an event without a person is left out. traits and properties name what else is passed on.",
      "Event names are made of the type; rename_events gives them others.",
    ],
  },
});

function verifierOf(o: z.output<typeof options>): Verifier {
  switch (o.scheme) {
    case "basic":
      return basicAuth();
    case "path":
      return pathToken();
    case "token":
      return token({ header: o.header ?? "authorization", prefix: o.prefix ?? "" });
    case "hmac":
      return hmac({
        hash: HASHES[o.hash ?? "sha256"],
        header: o.header ?? "x-signature",
        encoding: o.encoding ?? "hex",
        covers: "body",
        layout: prefixed(o.prefix ?? ""),
        key: KEYS[o.key ?? "text"],
        message: (parts) =>
          (o.message ?? "{body}")
            .split(/(\{\w+\})/)
            .map((part) => (TOKENS.has(part) ? (TOKENS.get(part)?.(parts) ?? null) : part)),
        ...(o.timestamp_header === undefined
          ? {}
          : { timestamp: { header: o.timestamp_header }, unit: o.timestamp_unit ?? "seconds", tolerance: o.tolerance ?? 300 }),
        ...(o.id_header === undefined ? {} : { id: { header: o.id_header } }),
      });
  }
}
