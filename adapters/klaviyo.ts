/**
 * Klaviyo: what became of e-mails and text messages, and who subscribes and unsubscribes, as system webhooks tell it.
 *
 * An event names a profile by its id; the address is in it only at times, so a look-up tells the rest. A flow's own action "Webhook" is not
 * signed and has no fixed body: it is for the generic adapter.
 *
 * @see https://developers.klaviyo.com/en/docs/working_with_system_webhooks
 */
import * as z from "zod";
import {
  type ConsentDraft,
  consent,
  defineAdapter,
  id,
  ignore,
  ignoring,
  isoTime,
  maybe,
  off,
  on,
  text,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  clickedEmail,
  complainedEmail,
  deliveredEmail,
  droppedEmail,
  fold,
  openedEmail,
  smsFailed,
  smsLinkClicked,
  smsReceived,
  smsSent,
  subscribedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";
import { clientOf, emailOf, event, lookup, personOf, smsOf } from "./klaviyo/events.ts";

const onDelivered = off(
  "one for every sent message",
  on(event, (e, { event: { occurredAt } }) => deliveredEmail(emailOf(e, occurredAt))),
);

export default defineAdapter({
  id: "klaviyo",
  name: "Klaviyo",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret key of the webhook, chosen by you when it is created",
    demo: "tributary_demo_klaviyo_0123456789",
  },
  // The time is signed as it is written, which is in more than one format and, it was seen, in local time: it is not judged.
  verify: hmac({
    hash: "SHA-256",
    header: "klaviyo-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body, header }) => [body, header("klaviyo-timestamp")],
  }),
  options: z.strictObject({
    account_id: id.optional().describe("account whose webhooks are accepted (its public API key); all by default"),
  }),
  tenant: { option: "account_id", required: false },
  batch: "data[]",
  states: ["email"],
  webhook: z.object({
    body: z.object({
      data: z.array(
        z.object({
          topic: text,
          external_id: id,
          payload: z.looseObject({
            data: z.looseObject({ attributes: z.looseObject({ timestamp: maybe.unixSeconds, datetime: maybe.isoTime }) }),
          }),
        }),
      ),
      meta: z.object({ klaviyo_account_id: maybe.id, timestamp: isoTime }),
    }),
  }),
  events: ({ body: { data, meta } }) =>
    data.map(({ topic, external_id, payload }) => ({
      id: external_id,
      type: topic.replace(/^event:klaviyo\./, ""),
      occurredAt: payload.data.attributes.datetime ?? payload.data.attributes.timestamp ?? meta.timestamp,
      test: false,
      data: payload,
      ...(meta.klaviyo_account_id ? { tenant: meta.klaviyo_account_id } : {}),
    })),
  handlers: {
    // The page has both names for it.
    received_email: onDelivered,
    email_delivered: onDelivered,
    opened_email: on(event, (e, { event: { occurredAt } }) => openedEmail(emailOf(e, occurredAt), clientOf(e))),
    clicked_email: on(event, (e, { event: { occurredAt } }) =>
      clickedEmail(emailOf(e, occurredAt), { ...clientOf(e), link_url: e.properties.URL }),
    ),
    bounced_email: on(event, (e, { event: { occurredAt } }) =>
      bouncedEmail(emailOf(e, occurredAt), {
        bounce_type: fold(e.properties["Bounce Type"]?.toLowerCase(), { hard: "hard", soft: "soft" }),
      }),
    ),
    dropped_email: on(event, (e, { event: { occurredAt } }) => droppedEmail(emailOf(e, occurredAt), {})),
    marked_email_as_spam: on(event, (e, { event: { occurredAt } }) => complainedEmail(emailOf(e, occurredAt))),
    subscribed_to_email_marketing: on(event, (e, { event: { occurredAt } }) => subscribedEmail(emailOf(e, occurredAt))),
    unsubscribed_from_email_marketing: on(event, (e, { event: { occurredAt } }) => unsubscribedEmail(emailOf(e, occurredAt))),
    manually_suppressed_from_email_marketing: onChoice("email", "unsubscribed"),

    sent_sms: off(
      "one for every sent message",
      on(event, (e) => smsSent(personOf(e), smsOf(e))),
    ),
    failed_to_deliver_sms: on(event, (e) => smsFailed(personOf(e), smsOf(e))),
    received_sms: on(event, (e) => smsReceived(personOf(e), { ...smsOf(e), body: e.properties["Message Body"] })),
    clicked_sms: on(event, (e) => smsLinkClicked(personOf(e), { ...smsOf(e), link_url: e.properties.URL })),
    subscribed_to_sms_marketing: onChoice("sms", "subscribed"),
    unsubscribed_from_sms_marketing: onChoice("sms", "unsubscribed"),

    ...ignoring("covered by subscribed_to_email_marketing", "subscribed_to_list"),
    ...ignoring("does not say what was chosen", "updated_email_preferences"),
    ...ignoring("lifting a suppression is not an opt-in", "manually_unsuppressed_from_email_marketing"),
  },
  otherwise: ignore("not about an e-mail, a text message or a choice"),
  lookup,
});

function onChoice(channel: ConsentDraft["channel"], state: ConsentDraft["state"]) {
  return on(event, (e, { event: { occurredAt: at } }) => consent(personOf(e), { channel, state, at }));
}
