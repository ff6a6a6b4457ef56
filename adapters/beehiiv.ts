/**
 * beehiiv: who subscribes to a newsletter, pauses it, leaves it or pays for it, and answers to its surveys.
 *
 * An address was typed by a visitor: it is claimed. What a premium subscription costs is told by Stripe, through which beehiiv bills.
 *
 * @see https://developers.beehiiv.com/webhooks
 */
import * as z from "zod";
import { anyObject, consent, defineAdapter, id, ignore, ignoring, on, text, unixSeconds } from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import {
  answers,
  attribution,
  attributionFrom,
  attributionIn,
  contactCreated,
  contactDeleted,
  emailSubscribed,
  emailUnsubscribed,
  formSubmitted,
  ownEvents,
  subscribedEmail,
  suppressedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";
import type { BEEHIIV } from "./beehiiv/plan.schema.ts";
import { known, membership, ofList, response, type Subscription, subscription } from "./beehiiv/subscriptions.ts";

const own = ownEvents<typeof BEEHIIV>();

const onSubscription = (
  drafts: (s: Subscription, found: ReturnType<typeof known>, at: string) => ReturnType<typeof subscribedEmail>,
) =>
  on(subscription, (s, { event: { occurredAt } }) => {
    const found = known(s, occurredAt);
    return [found.person, ...drafts(s, found, occurredAt)];
  });

export default defineAdapter({
  id: "beehiiv",
  name: "beehiiv",
  givesUp: { hours: 5 * 24 },
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook (whsec_…)",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fYmVlaGlpdl8wMDAwMA==",
  },
  // Svix sends for beehiiv. @see https://github.com/svix/svix-webhooks/blob/main/javascript/src/models/ingestSourceIn.ts
  verify: standardWebhooks({ prefix: "svix-" }),
  webhook: z.object({ body: z.object({ uid: id, event_type: text, event_timestamp: unixSeconds, data: anyObject }) }),
  events: ({ body: { uid, event_type, event_timestamp, data } }) => [
    { id: uid, type: event_type, occurredAt: event_timestamp, test: false, data },
  ],
  handlers: {
    "subscription.created": onSubscription((s, { who, more }, at) => [
      contactCreated(who, attribution(attributionIn(s), attributionFrom(null, s.referring_site)), more),
      // Others have yet to confirm their address.
      ...(s.status === "active" ? [consent(who, { channel: "email", state: "subscribed", at })] : []),
    ]),
    "subscription.confirmed": onSubscription((s, { email }) => subscribedEmail(email, { method: s.utm_channel })),
    "subscription.deleted": onSubscription((s, { who, email }) =>
      s.status === "inactive" ? unsubscribedEmail(email) : [...suppressedEmail(email), contactDeleted(who, {})],
    ),
    "subscription.upgraded": onSubscription((_, { who, tier, more }) => [own("Newsletter Upgraded")(who, tier, more)]),
    "subscription.downgraded": onSubscription((_, { who, tier, more }) => [own("Newsletter Downgraded")(who, tier, more)]),
    "subscription.paused": onSubscription((_, { who, tier, more }) => [own("Newsletter Paused")(who, tier, more)]),
    "subscription.resumed": onSubscription((_, { who, tier, more }) => [own("Newsletter Resumed")(who, tier, more)]),
    "subscription.tier.created": onSubscription(() => []),
    "subscription.tier.deleted": onSubscription(() => []),
    "newsletter_list_subscription.subscribed": on(membership, (m, { event }) => {
      const { who, choice } = ofList(m, "subscribed", event.occurredAt);
      return [...choice, emailSubscribed(who, { topic_name: m.list_name })];
    }),
    "newsletter_list_subscription.unsubscribed": on(membership, (m, { event }) => {
      const { who, choice } = ofList(m, "unsubscribed", event.occurredAt);
      return [...choice, emailUnsubscribed(who, { topic: m.list_name })];
    }),
    "survey.response_submitted": on(response, (r, { event }) => {
      const { who, person: identified } = known(r.subscription, event.occurredAt);
      const given = answers(r.answers?.map(({ question_data, answer }) => [question_data?.prompt, answer]));
      return [identified, formSubmitted(who, { form_id: r.survey_id, form_kind: "form", submission_id: r.id, ...given })];
    }),
    ...ignoring("a pause of one tier or list", "subscription.tier.paused subscription.tier.resumed"),
    ...ignoring("a pause of one tier or list", "newsletter_list_subscription.paused newsletter_list_subscription.resumed"),
    ...ignoring("about a post, not a person", "post.sent post.updated post.scheduled"),
  },
  // Podcasts, whose types the documentation names in no list.
  otherwise: ignore("names no person"),
});
