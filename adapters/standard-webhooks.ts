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
  docs: "https://www.standardwebhooks.com",
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
  habits: {
    timeoutSeconds: 15,
    // @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
    retries: "depends on the sender; the standard recommends several days with growing intervals",
    disables: "depends on the sender; the standard allows it after days of failures or after a 410",
    setup: [
      "Give the sender this source's URL and choose the events.",
      "Copy the endpoint's signing secret (whsec_…) and store it as the source's secret. If the sender uses the secret as plain text, set key = \"text\".",
      "Set user_id_from, person_id_path or email_path: events without a person are ignored. List everything else to pass on in traits and properties.",
      "Event names are derived from the type (user.created becomes User Created). Use rename_events to change them, and deletes to list the types that delete a person.",
    ],
  },
});
