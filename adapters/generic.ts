/**
 * Any sender that signs with a shared secret or sends it: options describe the scheme and the paths in the body.
 *
 * Verification cannot be switched off, and contradicting options make the source unusable. Only fields that an
 * option names are passed on.
 */
import * as z from "zod";
import { defineAdapter, id, ignore } from "../src/contract/adapter.ts";
import { byPaths, eventAt, path, pathOptions, valueAt } from "../src/contract/custom-events.ts";
import { contradictionsIn, proofOptions, verifierOf } from "./generic/proof.ts";

const options = z
  .strictObject({
    ...proofOptions,
    batch_path: z
      .union([z.literal("."), path])
      .optional()
      .describe("path of the list of events if a body holds several; `.` if the body itself is the list"),
    id_path: path
      .optional()
      .describe("path of an id that is unique among the sender's events; if not set, a hash of the body is used"),
    ...pathOptions,
  })
  .superRefine((o, context) => {
    for (const [name, message] of contradictionsIn(o)) context.addIssue({ code: "custom", path: [name], message });
  });

export default defineAdapter({
  id: "generic",
  name: "Generic",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Key that the sender signs with, or token that it sends; user:password with the scheme basic",
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
  batch: ({ batch_path: list }) => (list === undefined ? null : list === "." ? "[]" : `${list}[]`),
  webhook: z.object({ body: z.unknown() }),
  events: ({ body }, { bodyHash, receivedAt, nonce, place }, o) => {
    const list = o.batch_path === undefined ? null : o.batch_path === "." ? body : valueAt(body, o.batch_path);
    const records: readonly unknown[] = Array.isArray(list) ? list : [body];
    return records.map((record) => {
      const event = eventAt(record, o, receivedAt);
      const own = id.safeParse(valueAt(record, o.id_path)).data;
      const among = o.batch_path === undefined ? "" : `:${place}`;
      return { id: own ?? (nonce ?? `${event.data.name}:${bodyHash}`) + among, ...event };
    });
  },
  handlers: {
    ping: ignore("a connection test"),
  },
  otherwise: byPaths,
});
