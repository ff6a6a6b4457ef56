/**
 * Front: conversations with people outside, as an app's webhook or a rule's tells them.
 *
 * The person is the recipient of a conversation: the address, or the number, at the other end.
 *
 * @see https://dev.frontapp.com/docs/application-webhooks
 */
import * as z from "zod";
import {
  answerText,
  decisive,
  defineAdapter,
  handshake,
  id,
  ignoring,
  maybe,
  off,
  optional,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { ticketReopened, ticketSolved } from "../src/vocabulary/adapter.ts";
import { isFirst, lookup, onConversation, onInbound, onReply } from "./front/conversations.ts";

const event = z.looseObject({
  id,
  type: text,
  emitted_at: unixSeconds,
  conversation: optional(z.looseObject({ id: maybe.id, created_at: maybe.number })),
});

const SIGNATURE = { header: "x-front-signature", encoding: "base64", covers: "body", layout: bare() } as const;

const VERIFIERS = {
  app: hmac({
    ...SIGNATURE,
    hash: "SHA-256",
    timestamp: { header: "x-front-request-timestamp" },
    unit: "milliseconds",
    tolerance: 300,
    message: ({ timestamp, body }) => [timestamp, ":", body],
  }),
  // @see https://dev.frontapp.com/docs/rule-webhooks
  rule: hmac({ ...SIGNATURE, hash: "SHA-1", message: ({ body }) => [body] }),
};

export default defineAdapter({
  id: "front",
  name: "Front",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing key of the app (Settings > Developers); with sent_by rule, the API secret of the rule webhooks",
    demo: "tributary_demo_front_0123456789",
  },
  verify: ({ sent_by }) => VERIFIERS[sent_by],
  handshakes: [
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({
        headers: z.object({ "x-front-challenge": z.string().regex(/^[\w+/=.-]{1,256}$/) }),
        body: z.object({ type: z.literal("sync") }),
      }),
      answer: ({ headers }) => answerText(headers["x-front-challenge"]),
    }),
  ],
  options: z.strictObject({
    sent_by: z
      .enum(["app", "rule"])
      .default("app")
      .describe("`app`: an app's webhook; `rule`: the action of a rule, which signs no time"),
    company: z
      .string()
      .regex(/^cmp_[a-z0-9]{1,32}$/)
      .optional()
      .describe("company (`cmp_…`) whose events are accepted; a published app has one signing key for all that install it"),
  }),
  tenant: { option: "company", required: false },
  webhook: z.object({
    body: z.union([
      z.object({ authorization: z.object({ id: decisive(id) }), payload: event }),
      event.transform((payload) => ({ authorization: null, payload })),
    ]),
  }),
  events: ({ body: { authorization, payload } }) => {
    const { id: eventId, type, emitted_at: occurredAt, conversation } = payload;
    const known = { type, occurredAt, test: false, data: payload };
    const tenant = authorization?.id;
    // The message that began a conversation is told once, whatever is told of it.
    const first = type === "inbound" && conversation?.id && isFirst(occurredAt, conversation.created_at);
    return [{ ...known, id: first ? `started:${conversation.id}` : eventId, ...(tenant ? { tenant } : {}) }];
  },
  givesUp: { failures: 4 },
  handlers: {
    inbound: onInbound,
    outbound: off("one for every answer", onReply),
    out_reply: off("one for every answer", onReply),
    archive: onConversation(ticketSolved),
    reopen: onConversation(ticketReopened),
    ...ignoring(
      "done by staff",
      `assign unassign comment mention move forward tag untag trash restore link_added link_removed topic_added topic_removed reminder
      conversations_merged conversation_snoozed snooze snooze_expire custom_field_updated`,
    ),
    ...ignoring("about a message that was not sent", "sending_error message_bounce_error"),
  },
  lookup,
});
