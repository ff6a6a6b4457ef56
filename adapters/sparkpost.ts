/**
 * SparkPost: deliveries, bounces, opens and clicks of e-mail, complaints and opt-outs.
 *
 * @see https://developers.sparkpost.com/api/webhooks/
 */
import * as z from "zod";
import { decisive, defineAdapter, each, ignore, ignoring, maybe, off, on, text } from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import {
  clickedEmail,
  complainedEmail,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  openedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";
import { clientOf, emailOf, failure, message, onBounce, whyOf } from "./sparkpost/messages.ts";

const onDropped = on(failure, (m, context) => droppedEmail(emailOf(m, context), whyOf(m)));

const onOpened = on(message, (m, context) => openedEmail(emailOf(m, context), clientOf(m)));

const onClicked = on(message, (m, context) => clickedEmail(emailOf(m, context), { ...clientOf(m), link_url: m.target_link_url }));

const onUnsubscribed = on(message, (m, context) => unsubscribedEmail(emailOf(m, context), clientOf(m)));

const event = z.looseObject({ type: text, event_id: maybe.id, timestamp: maybe.unixSeconds });

export default defineAdapter({
  id: "sparkpost",
  name: "SparkPost",
  secret: {
    format: /^[^\s:]{3,100}:[\x21-\x7e]{8,200}$/,
    hint: "User and password of the webhook's Basic Auth, chosen by you, written as user:password",
    demo: "tributary:tributary_demo_sparkpost_0123",
  },
  verify: basicAuth(),
  people: "known",
  batch: "[]",
  states: ["email"],
  // By the class of the event; empty where the webhook is being tested.
  webhook: z.object({
    body: z.array(
      z.object({
        msys: z.object(each(decisive(event), "message_event", "track_event", "gen_event", "unsubscribe_event")),
      }),
    ),
  }),
  events: ({ body }, { bodyHash, place, receivedAt }) =>
    body.map(({ msys }) => {
      const data = msys.message_event ?? msys.track_event ?? msys.gen_event ?? msys.unsubscribe_event;
      const type = data?.type ?? "other";
      return {
        id: `${type}:${data?.event_id ?? `${bodyHash}:${place}`}`,
        type,
        occurredAt: data?.timestamp ?? receivedAt,
        test: false,
        data,
      };
    }),
  handlers: {
    delivery: off(
      "one for every sent message",
      on(message, (m, context) => deliveredEmail(emailOf(m, context))),
    ),
    delay: on(failure, (m, context) => deferredEmail(emailOf(m, context), { ...whyOf(m), attempt: m.num_retries })),
    bounce: onBounce,
    out_of_band: onBounce,
    policy_rejection: onDropped,
    generation_failure: onDropped,
    generation_rejection: onDropped,
    spam_complaint: on(message, (m, context) => complainedEmail(emailOf(m, context))),
    open: onOpened,
    amp_open: onOpened,
    click: onClicked,
    amp_click: onClicked,
    list_unsubscribe: onUnsubscribed,
    link_unsubscribe: onUnsubscribed,
    ...ignoring("covered by open", "initial_open amp_initial_open"),
    injection: ignore("an intermediate step of sending"),
  },
  otherwise: ignore("not about an e-mail to a person"),
});
