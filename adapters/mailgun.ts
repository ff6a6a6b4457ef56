/**
 * Mailgun: deliveries, opens and clicks of e-mail, and opt-outs.
 *
 * The signature covers a token and a time, not the event: everything in the body is claimed, and a token is accepted once.
 *
 * @see https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure
 */
import * as z from "zod";
import {
  decisive,
  defineAdapter,
  each,
  flag,
  id,
  ignore,
  ignoring,
  off,
  on,
  pick,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { about, clientOf, engagement, failure, message, optOut, rejection } from "./mailgun/messages.ts";

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
      on(message, (m) => about(m, "Email Delivered")),
    ),
    rejected: on(rejection, (m) => about(m, "Email Rejected", { reason: m.reject?.reason })),
    failed: on(failure, (m) =>
      about(m, m.severity === "temporary" ? "Email Deferred" : "Email Bounced", {
        ...pick(m, "severity", "reason"),
        status_code: m["delivery-status"]?.code,
        status_message: m["delivery-status"]?.description || m["delivery-status"]?.message,
      }),
    ),
    opened: on(engagement, (m) => about(m, "Email Opened", clientOf(m))),
    clicked: on(engagement, (m) => about(m, "Email Link Clicked", { url: m.url, ...clientOf(m) })),
    unsubscribed: on(message, (m, context) => optOut(m, "Email Unsubscribed", context)),
    complained: on(message, (m, context) => optOut(m, "Email Marked As Spam", context)),
    ...ignoring("an incoming message", "stored"),
    ...ignoring("about a list, not a person", "list_uploaded list_member_uploaded list_member_upload_error"),
    ...ignoring("a check by the company", "email_validation"),
  },
});
