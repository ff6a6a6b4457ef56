/**
 * Resend: deliveries, bounces, opens and clicks of e-mail, complaints, suppressions, and contacts.
 *
 * @see https://resend.com/docs/webhooks/event-types
 */
import * as z from "zod";
import {
  anyObject,
  backed,
  claimed,
  consent,
  decisive,
  defineAdapter,
  deleted,
  each,
  identify,
  ignore,
  ignoring,
  isoTime,
  list,
  maybe,
  off,
  on,
  person,
  personId,
  text,
} from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import {
  clickedEmail,
  complainedEmail,
  contactCreated,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  fold,
  openedEmail,
  suppressedEmail,
} from "../src/vocabulary/adapter.ts";
import { bounced, onEmail } from "./resend/emails.ts";

const contact = z.object({
  id: maybe.id,
  email: text,
  ...each(maybe.text, "first_name", "last_name"),
  unsubscribed: decisive(z.boolean()),
  created_at: maybe.isoTime,
});

type Contact = z.output<typeof contact>;

/** It ends the name of a trait. */
const topicId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/i);

const choices = z.object({ email: text, topics: list(z.object({ id: topicId, subscription: z.enum(["opt_in", "opt_out"]) })) });

const suppression = z.object({ email: text, origin: decisive(text) });

export default defineAdapter({
  id: "resend",
  name: "Resend",
  givesUp: { hours: 5 * 24 },
  secret: {
    format: /^whsec_[A-Za-z0-9+/=]{24,}$/,
    hint: "Signing secret of the webhook; begins with whsec_",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fcmVzZW5kXzAxMjM0NTY3ODk=",
  },
  // @see https://resend.com/docs/webhooks/verify-webhooks-requests
  verify: standardWebhooks({ prefix: "svix-" }),
  people: "known",
  states: ["email"],
  webhook: z.object({ body: z.object({ type: text, created_at: isoTime, data: anyObject }) }),
  events: ({ body: { type, created_at: occurredAt, data } }, { nonce, bodyHash }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt, test: false, data },
  ],
  handlers: {
    "email.delivered": off("one for every sent message", onEmail(deliveredEmail)),
    "email.delivery_delayed": onEmail((email) => deferredEmail(email, {})),
    "email.bounced": onEmail(bounced),
    "email.complained": onEmail(complainedEmail),
    "email.opened": onEmail((email) => openedEmail(email)),
    "email.clicked": onEmail((email, { click }) =>
      clickedEmail(email, { link_url: click?.link, ip: click?.ipAddress, user_agent: click?.userAgent }),
    ),
    "email.failed": onEmail((email, { failed }) => droppedEmail(email, { bounce_reason: failed?.reason })),
    "email.suppressed": onEmail((email, { suppressed }) =>
      droppedEmail(email, { bounce_reason: suppressed?.message, bounce_kind_raw: suppressed?.type }),
    ),
    ...ignoring("an intermediate step of sending", "email.sent email.scheduled"),
    "email.received": ignore("an incoming message"),

    "contact.created": on(contact, (c, { event }) => [...stated(c, event.occurredAt), contactCreated(contactOf(c), {})]),
    "contact.updated": on(contact, (c, { event }) => stated(c, event.occurredAt)),
    "contact.deleted": on(contact, (c) => deleted(contactOf(c), "Contact Deleted")),
    "contact.topics.updated": on(choices, ({ email, topics }, { event: { occurredAt: at } }) =>
      topics.map(({ id: topic, subscription }) =>
        consent(person({ email: claimed(email) }), {
          channel: "email",
          state: subscription === "opt_in" ? "subscribed" : "unsubscribed",
          at,
          topic,
        }),
      ),
    ),
    "suppression.added": on(suppression, ({ email, origin }, { event: { occurredAt: at } }) =>
      suppressedEmail(
        { who: person({ email: backed(email) }), at },
        fold(origin, { bounce: "hard_bounce", complaint: "complaint" }),
      ),
    ),
    "suppression.removed": ignore("lifting a suppression is not an opt-in"),
  },
  // Domains, topics and the shared inbox.
  otherwise: ignore("names no person"),
});

function contactOf(c: Contact) {
  return person({ email: claimed(c.email), ids: [personId("contact", c.id)] });
}

/** A contact as it stands. That it is not unsubscribed is no opt-in: the company may have added it. */
function stated(c: Contact, at: string) {
  const { first_name, last_name } = c;
  const who = contactOf(c);
  return [
    identify(who, { first_name, last_name }),
    ...(c.unsubscribed ? [consent(who, { channel: "email", state: "unsubscribed", at })] : []),
  ];
}
