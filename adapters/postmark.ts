/**
 * Postmark: deliveries, bounces, opens and clicks of e-mail, complaints and suppressions.
 *
 * @see https://postmarkapp.com/developer/webhooks/webhooks-overview
 */
import * as z from "zod";
import { defineAdapter, each, ignore, isoTime, maybe, off, on, optional, text } from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import { clickedEmail, complainedEmail, deliveredEmail, openedEmail } from "../src/vocabulary/adapter.ts";
import { clientOf, emailOf, engagement, message, onBounce, onSuppression } from "./postmark/messages.ts";

/** The message id in Postmark's documentation and in the tests that its page sends. */
const SAMPLE_MESSAGE = "883953f4-6105-42a2-a16a-77a8eac79483";

export default defineAdapter({
  id: "postmark",
  name: "Postmark",
  secret: {
    format: /^[^\s:]{3,100}:[\x21-\x7e]{8,200}$/,
    hint: "User and password of the webhook's basic auth credentials, chosen by you, written as user:password",
    demo: "tributary:tributary_demo_postmark_0123",
  },
  verify: basicAuth(),
  people: "known",
  states: ["email"],
  webhook: z.object({
    body: z.looseObject({
      RecordType: text,
      MessageID: maybe.text,
      ...each(optional(isoTime), "DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt"),
    }),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => [
    {
      id: `${body.RecordType}:${bodyHash}`,
      type: body.RecordType,
      occurredAt: body.DeliveredAt ?? body.BouncedAt ?? body.ReceivedAt ?? body.ChangedAt ?? receivedAt,
      test: body.MessageID === SAMPLE_MESSAGE,
      data: body,
    },
  ],
  handlers: {
    Delivery: off(
      "one for every sent message",
      on(message, (m, context) => deliveredEmail(emailOf(m, context))),
    ),
    Bounce: onBounce,
    SpamComplaint: on(message, (m, context) => complainedEmail(emailOf(m, context))),
    Open: on(engagement, (m, context) => openedEmail(emailOf(m, context), clientOf(m))),
    Click: on(engagement, (m, context) => clickedEmail(emailOf(m, context), { ...clientOf(m), link_url: m.OriginalLink })),
    SubscriptionChange: onSuppression,
    Inbound: ignore("an incoming message"),
  },
});
