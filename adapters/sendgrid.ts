/**
 * SendGrid: deliveries, opens and clicks of e-mail, and opt-outs.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
 */
import * as z from "zod";
import type { ConsentDraft, Draft, MapContext } from "../src/contract/adapter.ts";
import { consent, defineAdapter, ignore, maybe, off, on, text, unixSeconds, whole } from "../src/contract/adapter.ts";
import { bare } from "../src/contract/verify.ts";
import { asymmetric } from "../src/contract/verify-public-key.ts";
import {
  emailBounced,
  emailBouncedState,
  emailComplainedState,
  emailDeferred,
  emailDelivered,
  emailDropped,
  emailLinkClicked,
  emailMarkedAsSpam,
  emailOpened,
  emailSubscribed,
  emailUnsubscribed,
} from "../src/vocabulary/adapter.ts";
import {
  about,
  bounceType,
  clientOf,
  customOf,
  droppedBecause,
  emailOf,
  engagement,
  failure,
  groupChoice,
  message,
  recipientOf,
  refused,
  whyOf,
} from "./sendgrid/messages.ts";

/** The recipient in the events of Test Your Integration. */
const SAMPLE_RECIPIENT = "example@test.com";

export default defineAdapter({
  id: "sendgrid",
  name: "SendGrid",
  secret: {
    format: /^[A-Za-z0-9+/]{120,}={0,2}$/,
    hint: "Verification Key of the Event Webhook, shown when Signature Verification is on",
    demo: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjdttl4LwhS4EbUFkOhzjqQnpRHgfTJlP2d+qZBZc4QegHjyfhC5Z7LELoPZsHQQF4YN01aVFTlyXII8sufoA5A==",
  },
  // @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
  verify: asymmetric({
    algorithm: "ES256",
    key: "base64",
    header: "x-twilio-email-event-webhook-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-twilio-email-event-webhook-timestamp" },
    message: ({ timestamp, body }) => [timestamp, body],
    // Retries go on for a day; whether they are signed again is not documented. Each event has an id of its own.
    tolerance: 25 * 60 * 60,
  }),
  people: "known",
  batch: "[]",
  states: ["email"],
  webhook: z.object({
    body: z.array(whole(z.object({ event: text, timestamp: unixSeconds, email: maybe.text, sg_event_id: maybe.id }))),
  }),
  // The hash of the body is made where an adapter asks for it.
  events: ({ body }, arrival) =>
    body.map(({ fields: { event, timestamp, email, sg_event_id }, sent }) => ({
      id: sg_event_id ?? `${event}:${arrival.bodyHash}:${arrival.place}`,
      type: event,
      occurredAt: timestamp,
      test: email === SAMPLE_RECIPIENT,
      data: sent,
    })),
  handlers: {
    processed: ignore("an intermediate step of sending"),
    delivered: off(
      "one for every sent message",
      on(message, (m) => about(emailDelivered, m)),
    ),
    deferred: on(failure, (m) => emailDeferred(recipientOf(m), { ...emailOf(m), ...whyOf(m), attempt: m.attempt }, customOf(m))),
    bounce: on(failure, onBounce),
    dropped: on(failure, (m, context) => [
      ...refused(m, droppedBecause(m), context),
      emailDropped(recipientOf(m), { ...emailOf(m), ...whyOf(m) }, customOf(m)),
    ]),
    open: on(engagement, (m) => emailOpened(recipientOf(m), { ...emailOf(m), ...clientOf(m) }, customOf(m))),
    click: on(engagement, (m) =>
      emailLinkClicked(recipientOf(m), { ...emailOf(m), ...clientOf(m), link_url: m.url }, customOf(m)),
    ),
    spamreport: on(message, (m, context) => [
      ...refused(m, "complaint", context),
      emailComplainedState(recipientOf(m), context.event.occurredAt),
      about(emailMarkedAsSpam, m),
    ]),
    unsubscribe: on(message, (m, context) => [choice(m, "unsubscribed", context), about(emailUnsubscribed, m)]),
    group_unsubscribe: on(groupChoice, (m, context) => [
      choice(m, "unsubscribed", context, m.asm_group_id),
      emailUnsubscribed(recipientOf(m), { ...emailOf(m), ...clientOf(m), topic: m.asm_group_id }, customOf(m)),
    ]),
    group_resubscribe: on(groupChoice, (m, context) => [
      choice(m, "subscribed", context, m.asm_group_id),
      emailSubscribed(recipientOf(m), { ...emailOf(m), topic: m.asm_group_id, method: "group_resubscribe" }, customOf(m)),
    ]),
    account_status_change: ignore("about the account, not a person"),
  },
});

function onBounce(m: z.output<typeof failure>, context: MapContext<unknown>): readonly Draft[] {
  const bounce_type = bounceType(m);
  const isHard = bounce_type === "hard";
  return [
    ...refused(m, isHard ? "hard_bounce" : undefined, context),
    ...(isHard ? [emailBouncedState(recipientOf(m), context.event.occurredAt)] : []),
    emailBounced(recipientOf(m), { ...emailOf(m), ...whyOf(m), bounce_type }, customOf(m)),
  ];
}

/** @param topic the unsubscribe group, if the choice is about one */
function choice(
  m: z.output<typeof message>,
  state: ConsentDraft["state"],
  { event: { occurredAt: at } }: MapContext<unknown>,
  topic?: string,
): Draft {
  return consent(recipientOf(m), { channel: "email", state, at, ...(topic === undefined ? {} : { topic }) });
}
