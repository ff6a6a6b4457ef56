/**
 * Mandrill, which is Mailchimp Transactional: deliveries, bounces, opens and clicks of e-mail, complaints, opt-outs and the denylist.
 *
 * @see https://mailchimp.com/developer/transactional/docs/webhooks/
 */
import * as z from "zod";
import { decisive, defineAdapter, ignore, ignoring, maybe, off, on, text, unixSeconds } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  clickedEmail,
  complainedEmail,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  openedEmail,
  suppressedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";
import { because, clientOf, emailOf, entry, message, ownerOf, whyOf } from "./mandrill/messages.ts";

/** Ids of the messages that the page's button for tests sends. */
const SAMPLE = /^examplea{8,}/;

export default defineAdapter({
  id: "mandrill",
  name: "Mandrill (Mailchimp Transactional)",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Key of the webhook (Settings > Webhooks); not an API key",
    demo: "tributary_demo_mandrill",
  },
  // @see https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
  verify: hmac({
    hash: "SHA-1",
    header: "x-mandrill-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    format: "form",
    message: ({ url, sortedForm }) => [url, sortedForm()],
  }),
  format: { form: "mandrill_events" },
  people: "known",
  batch: "[]",
  states: ["email"],
  webhook: z.object({
    body: z.array(
      z.looseObject({
        event: decisive(text),
        type: decisive(text),
        _id: maybe.id,
        ts: unixSeconds,
      }),
    ),
  }),
  events: ({ body }, { bodyHash, place }) =>
    body.map((data) => {
      // Changes of the denylist have a type and no event.
      const type = data.event ?? data.type ?? "unknown";
      return {
        // An event has no id of its own: `_id` is that of the message.
        id: `${type}:${bodyHash}:${place}`,
        type,
        occurredAt: data.ts,
        test: SAMPLE.test(data._id ?? ""),
        data,
      };
    }),
  handlers: {
    delivered: off(
      "one for every sent message",
      on(message, (m, context) => deliveredEmail(emailOf(m, context))),
    ),
    deferral: on(message, (m, context) => deferredEmail(emailOf(m, context), whyOf(m))),
    hard_bounce: on(message, (m, context) => bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: "hard" })),
    soft_bounce: on(message, (m, context) => bouncedEmail(emailOf(m, context), { ...whyOf(m), bounce_type: "soft" })),
    reject: on(message, (m, context) =>
      droppedEmail(emailOf(m, context), { bounce_kind_raw: m.msg.reject?.reason }, because(m.msg.reject?.reason)),
    ),
    open: on(message, (m, context) => openedEmail(emailOf(m, context), clientOf(m))),
    click: on(message, (m, context) => clickedEmail(emailOf(m, context), { ...clientOf(m), link_url: m.url })),
    spam: on(message, (m, context) => complainedEmail(emailOf(m, context))),
    unsub: on(message, (m, context) => unsubscribedEmail(emailOf(m, context), clientOf(m))),
    blacklist: on(entry, (e, { event: { occurredAt: at } }) =>
      e.action === "add"
        ? suppressedEmail({ who: ownerOf(e), at }, because(e.reject.reason))
        : ignore("lifting a suppression is not an opt-in"),
    ),
    send: ignore("an intermediate step of sending"),
    ...ignoring("the company's own list of addresses that are never suppressed", "whitelist"),
    inbound: ignore("an incoming message"),
  },
});
