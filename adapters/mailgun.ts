/**
 * Mailgun: deliveries, opens and clicks of e-mail, and opt-outs.
 *
 * The signature covers a token and a time, not the event: everything in the body is claimed, and a token is accepted once.
 *
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure
 */
import * as z from "zod";
import {
  consent,
  decisive,
  defineAdapter,
  each,
  flag,
  id,
  ignore,
  ignoring,
  off,
  on,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import {
  emailComplainedState,
  emailDelivered,
  emailDropped,
  emailLinkClicked,
  emailMarkedAsSpam,
  emailOpened,
  emailUnsubscribed,
} from "../src/vocabulary/adapter.ts";
import {
  about,
  clientOf,
  customOf,
  emailOf,
  engagement,
  failed,
  failure,
  message,
  recipientOf,
  refused,
  rejection,
} from "./mailgun/messages.ts";

export default defineAdapter({
  id: "mailgun",
  name: "Mailgun",
  secret: {
    format: /^[\x21-\x7e]{20,}$/,
    hint: "HTTP webhook signing key (Sending > Webhooks or Account > API security); not an API key",
    demo: "tributary_demo_mailgun_signing_key",
  },
  // @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
  verify: hmac({
    hash: "SHA-256",
    field: "signature.signature",
    encoding: "hex",
    covers: "nonce",
    layout: bare(),
    timestamp: { field: "signature.timestamp" },
    id: { field: "signature.token" },
    message: ({ timestamp, id }) => [timestamp, id],
    // Retries go on for eight hours; whether they are signed again is not documented. The token is accepted once in this time.
    tolerance: 12 * 60 * 60,
  }),
  people: "known",
  states: ["email"],
  webhook: z.object({
    body: z.object({
      signature: z.object({ token: id }),
      "event-data": z.looseObject({
        event: text,
        timestamp: unixSeconds,
        flags: decisive(z.object(each(decisive(flag), "is-test-mode", "is-system-test"))),
      }),
    }),
  }),
  events: ({ body: { signature, "event-data": data } }) => [
    {
      // Mailgun's event id is unique only within a day, and unsigned.
      id: signature.token,
      type: data.event,
      occurredAt: data.timestamp,
      test: data.flags?.["is-test-mode"] === true || data.flags?.["is-system-test"] === true,
      data,
    },
  ],
  handlers: {
    accepted: ignore("an intermediate step of sending"),
    delivered: off(
      "one for every sent message",
      on(message, (m) => about(emailDelivered, m)),
    ),
    rejected: on(rejection, (m) =>
      emailDropped(
        recipientOf(m),
        { ...emailOf(m), bounce_reason: m.reject?.reason || m.reject?.description, bounce_kind_raw: "rejected" },
        customOf(m),
      ),
    ),
    failed: on(failure, failed),
    opened: on(engagement, (m) => emailOpened(recipientOf(m), { ...emailOf(m), ...clientOf(m) }, customOf(m))),
    clicked: on(engagement, (m) =>
      emailLinkClicked(recipientOf(m), { ...emailOf(m), ...clientOf(m), link_url: m.url }, customOf(m)),
    ),
    unsubscribed: on(engagement, (m, { event: { occurredAt: at } }) => [
      consent(recipientOf(m), { channel: "email", state: "unsubscribed", at }),
      emailUnsubscribed(recipientOf(m), { ...emailOf(m), ...clientOf(m) }, customOf(m)),
    ]),
    complained: on(message, (m, context) => [
      ...refused(m, "complaint", context),
      emailComplainedState(recipientOf(m), context.event.occurredAt),
      about(emailMarkedAsSpam, m),
    ]),
    ...ignoring("an incoming message", "stored"),
    ...ignoring("about a list, not a person", "list_uploaded list_member_uploaded list_member_upload_error"),
    ...ignoring("a check by the company", "email_validation"),
  },
});
