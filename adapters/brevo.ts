/**
 * Brevo: deliveries, bounces, opens and clicks of transactional e-mails and campaigns, opt-outs, and contacts.
 *
 * @see https://developers.brevo.com/docs/transactional-webhooks
 * @see https://developers.brevo.com/docs/marketing-webhooks
 */
import * as z from "zod";
import { defineAdapter, ignoring, maybe, off, on, text } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  clickedEmail,
  complainedEmail,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  openedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";
import { emailOf, message, onAddition, onChange, onDeletion, time, whyOf } from "./brevo/events.ts";

const event = z.looseObject({ event: text, ts_epoch: time, ts_event: maybe.unixSeconds });

const onComplaint = on(message, (m, context) => complainedEmail(emailOf(m, context)));

const onUnsubscribed = on(message, (m, context) => unsubscribedEmail(emailOf(m, context), { topic: m.list_id?.join(",") }));

export default defineAdapter({
  id: "brevo",
  name: "Brevo",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Token of the webhook's authentication: at least 16 random characters, chosen by you",
    demo: "tributary_demo_brevo_0123456789",
  },
  verify: token({ header: "authorization", prefix: "Bearer " }),
  // A list where batching is on.
  batch: "[]",
  states: ["email"],
  webhook: z.object({ body: z.union([z.array(event), event.transform((one) => [one])]) }),
  events: ({ body }, { bodyHash, place, receivedAt }) =>
    body.map((data) => ({
      // A webhook's own id is that of its subscription.
      id: `${data.event}:${bodyHash}:${place}`,
      type: data.event,
      occurredAt: data.ts_epoch ?? data.ts_event ?? receivedAt,
      test: false,
      data,
    })),
  handlers: {
    delivered: off(
      "one for every sent message",
      on(message, (m, context) => deliveredEmail(emailOf(m, context))),
    ),
    deferred: on(message, (m, context) => deferredEmail(emailOf(m, context), whyOf(m))),
    hard_bounce: on(message, (m, context) => bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: "hard" })),
    soft_bounce: on(message, (m, context) => bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: "soft" })),
    invalid_email: on(message, (m, context) => bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: "hard" })),
    blocked: on(message, (m, context) => droppedEmail(emailOf(m, context), whyOf(m))),
    error: on(message, (m, context) => droppedEmail(emailOf(m, context), whyOf(m))),
    opened: on(message, (m, context) => openedEmail(emailOf(m, context), { is_machine: false })),
    proxy_open: on(message, (m, context) => openedEmail(emailOf(m, context), { is_machine: true })),
    click: on(message, (m, context) => clickedEmail(emailOf(m, context), { link_url: m.link || m.URL })),
    spam: onComplaint,
    complaint: onComplaint,
    unsubscribe: onUnsubscribed,
    unsubscribed: onUnsubscribed,
    ...ignoring("covered by opened and proxy_open", "unique_opened unique_proxy_open"),
    ...ignoring("an intermediate step of sending", "request sent"),

    list_addition: onAddition,
    contact_updated: onChange,
    contact_deleted: onDeletion,
  },
});
