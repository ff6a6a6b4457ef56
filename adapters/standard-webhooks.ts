/**
 * Any sender that signs as in Standard Webhooks (or with Svix headers): options name the paths in the body.
 * Only fields that an option names are passed on.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import * as z from "zod";
import { defineAdapter, ignore } from "../src/contract/adapter.ts";
import { byPaths, eventAt, pathOptions } from "../src/contract/custom-events.ts";
import { base64, standardWebhooks, utf8 } from "../src/contract/verify.ts";

const options = z.strictObject({
  key: z
    .enum(["base64", "text"])
    .default("base64")
    .describe("format of the secret: `base64` with the prefix `whsec_`, as in the standard, or `text`, whose bytes are the key"),
  ...pathOptions,
});

const KEYS = { base64: base64("v1,whsec_", "whsec_"), text: utf8() };

export default defineAdapter({
  id: "standard-webhooks",
  name: "Standard Webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: 'Signing secret of the endpoint: whsec_ and base64, or plain text with key = "text"',
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fc3RhbmRhcmRfd2ViaG9va3Mw",
  },
  verify: ({ key }) => standardWebhooks({ key: KEYS[key] }),
  options,
  demoOptions: { person_id_path: "data.id", email_path: "data.email", traits: { plan: "data.plan" }, deletes: ["user.deleted"] },
  webhook: z.object({ body: z.unknown() }),
  events: ({ body }, { bodyHash, receivedAt, nonce }, o) => {
    const event = eventAt(body, o, receivedAt);
    return [{ id: nonce ?? `${event.data.name}:${bodyHash}`, ...event }];
  },
  handlers: {
    ping: ignore("a connection test"),
    // What Svix sends from its page for trying an endpoint out. @see https://docs.svix.com/receiving/using-app-portal/testing
    "svix.ping": ignore("a connection test"),
  },
  otherwise: byPaths,
});
