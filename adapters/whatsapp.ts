/**
 * WhatsApp Business Platform: messages of people, and what becomes of messages to them.
 *
 * @see https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
 */
import * as z from "zod";
import {
  decisive,
  defineAdapter,
  each,
  hubChallenge,
  id,
  ignore,
  ignoring,
  maybe,
  off,
  optional,
  text,
} from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { whatsappMessageDelivered, whatsappMessageRead, whatsappMessageSent } from "../src/vocabulary/adapter.ts";
import { onFailed, onMessage, onPreference, onStatus } from "./whatsapp/messages.ts";

const options = z.strictObject({
  verify_token: z
    .string()
    .regex(/^[\w-]{8,100}$/)
    .optional()
    .describe("Verify token as entered at Meta, 8 to 100 letters and digits; it is sent in a URL, so never use the app secret"),
  phone_number_id: z
    .string()
    .regex(/^\d{5,30}$/)
    .optional()
    .describe("id of the business phone number whose webhooks are accepted; all that the app is subscribed to by default"),
});

const contact = z.looseObject({ ...each(maybe.id, "wa_id", "user_id"), profile: optional(z.looseObject({ name: maybe.text })) });

const value = z.object({
  metadata: decisive(z.object({ phone_number_id: decisive(id) })),
  contacts: optional(z.array(contact)),
  messages: decisive(z.array(z.looseObject({ id, timestamp: maybe.unixSeconds }))),
  statuses: decisive(z.array(z.looseObject({ id, status: text, timestamp: maybe.unixSeconds }))),
  user_preferences: decisive(z.array(z.looseObject({ wa_id: id, category: maybe.text, timestamp: maybe.unixSeconds }))),
});

export default defineAdapter({
  id: "whatsapp",
  name: "WhatsApp Business Platform",
  secret: {
    format: /^[0-9a-f]{32}$/,
    hint: "App secret of the Meta app (App settings > Basic)",
    demo: "7472696275746172795f64656d6f0018",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-hub-signature-256",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  handshakes: ({ verify_token }) => [hubChallenge(verify_token)],
  options,
  tenant: { option: "phone_number_id", required: false },
  people: "known",
  batch: "entry[].changes[]",
  webhook: z.object({
    body: z.object({ entry: z.array(z.object({ id, changes: z.array(z.object({ field: text, value: z.unknown() })) })) }),
  }),
  events: ({ body }, { bodyHash, place, receivedAt }) =>
    body.entry.flatMap(({ id: account, changes }) =>
      changes.flatMap((change) => {
        const told = change.field === "messages" || change.field === "user_preferences" ? value.parse(change.value) : null;
        const tenant = told?.metadata?.phone_number_id;
        // The button "Test" of the App Dashboard sends account 0.
        const common = { test: account === "0", ...(tenant ? { tenant } : {}) };
        const [sender] = told?.contacts ?? [];
        const found = [
          ...(told?.messages ?? []).map((data) => ({ id: data.id, type: "message", data: { ...data, contact: sender } })),
          ...(told?.statuses ?? []).map((data) => ({ id: `${data.id}:${data.status}`, type: `status.${data.status}`, data })),
          ...(told?.user_preferences ?? []).map((data) => ({
            id: `preference:${data.wa_id}:${data.category}:${data.timestamp}`,
            type: "user_preferences",
            data,
          })),
        ].map((event) => ({ ...common, ...event, occurredAt: event.data.timestamp ?? receivedAt }));
        const other = {
          id: `${change.field}:${bodyHash}:${place}`,
          type: change.field,
          occurredAt: receivedAt,
          data: change.value,
        };
        return found.length > 0 ? found : [{ ...common, ...other }];
      }),
    ),
  handlers: {
    message: onMessage,
    "status.sent": off("one for every sent message", onStatus(whatsappMessageSent)),
    "status.delivered": off("one for every sent message", onStatus(whatsappMessageDelivered)),
    "status.read": onStatus(whatsappMessageRead),
    "status.failed": onFailed,
    user_preferences: onPreference,
    ...ignoring("no outcome for the person", "status.deleted status.warning status.played"),
    messages: ignore("neither a message nor a status"),
  },
  otherwise: ignore("about the account, not a person"),
});
