/**
 * SES's e-mails: recipients, outcomes and subscriptions.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { backed, consent, decisive, each, ignore, list, maybe, on, optional, person, text } from "../../src/contract/adapter.ts";
import { bouncedEmail, customFields, droppedEmail, type Email, fold, unsubscribedEmail } from "../../src/vocabulary/adapter.ts";

const recipient = z.object({ emailAddress: text, ...each(maybe.text, "diagnosticCode", "status") });

type Recipient = z.output<typeof recipient>;

const client = optional(z.object(each(maybe.text, "ipAddress", "userAgent", "link")));

/** It ends the name of a trait. */
const topicName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/i);

const preferences = z.object({
  unsubscribeAll: decisive(z.boolean()),
  topicSubscriptionStatus: optional(list(z.object({ topicName, subscriptionStatus: z.enum(["OptIn", "OptOut"]) }))),
});

/** An event about an e-mail. */
export const mail = z.object({
  mail: z.object({
    messageId: maybe.text,
    // Of several, which one an event is about is not always told.
    destination: z.array(text),
    // The company's own, and some of SES's that begin with `ses:`; each a list of one.
    tags: optional(z.record(z.string(), z.array(text))),
    commonHeaders: optional(z.object({ subject: maybe.text })),
  }),
  bounce: decisive(z.object({ bounceType: decisive(text), bounceSubType: decisive(text), bouncedRecipients: list(recipient) })),
  complaint: optional(z.object({ complainedRecipients: z.array(recipient) })),
  delivery: optional(z.object({ recipients: list(text.transform((emailAddress): Recipient => ({ emailAddress }))) })),
  deliveryDelay: optional(z.object({ delayType: maybe.text, delayedRecipients: list(recipient) })),
  ...{ open: client, click: client },
  reject: optional(z.object({ reason: maybe.text })),
  failure: optional(z.object({ errorMessage: maybe.text })),
});

type Mail = z.output<typeof mail>;

/** What becomes of each of these recipients. */
export function forEach(
  m: Mail,
  recipients: readonly Recipient[] | undefined,
  context: MapContext<unknown>,
  outcome: (email: Email, to: Recipient) => Draft | readonly Draft[],
): readonly Draft[] {
  return (recipients ?? []).flatMap((to) => outcome(emailOf(m, to.emailAddress, context), to));
}

/** What becomes of the e-mail's only recipient. */
export function toOne(m: Mail, context: MapContext<unknown>, outcome: (email: Email) => MapResult): MapResult {
  const [to, ...others] = m.mail.destination;
  return to === undefined || others.length > 0
    ? ignore("an e-mail to several people: does not say which of them")
    : outcome(emailOf(m, to, context));
}

/** A bounce, or an e-mail that SES did not send. @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#bounce-types */
export function bounced(email: Email, { bounce }: Mail, { diagnosticCode, status }: Recipient): readonly Draft[] {
  const failure = { bounce_reason: diagnosticCode, bounce_code: status, bounce_kind_raw: bounce?.bounceSubType };
  switch (bounce?.bounceSubType) {
    case "Suppressed":
      return droppedEmail(email, failure, "hard_bounce");
    case "OnAccountSuppressionList":
    case "UnsubscribedRecipient":
      return droppedEmail(email, failure);
    default: {
      const kind = fold(bounce?.bounceType, { permanent: "hard", transient: "soft", undetermined: "soft" });
      return bouncedEmail(email, { ...failure, bounce_type: kind });
    }
  }
}

/** A person used the page or the header for unsubscribing of a contact list of SES. */
export const onSubscription = on(
  mail.extend({ subscription: z.object({ contactList: maybe.text, newTopicPreferences: preferences }) }),
  (m, context) =>
    toOne(m, context, (email): MapResult => {
      const { contactList, newTopicPreferences: chosen } = m.subscription;
      if (chosen.unsubscribeAll) return unsubscribedEmail(email, { topic: contactList });
      return (chosen.topicSubscriptionStatus ?? []).map(({ topicName: topic, subscriptionStatus }) =>
        consent(email.who, {
          channel: "email",
          state: subscriptionStatus === "OptIn" ? "subscribed" : "unsubscribed",
          at: email.at,
          topic,
        }),
      );
    }),
);

function emailOf({ mail: m }: Mail, address: string, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const own = Object.entries(m.tags ?? {}).filter(([name]) => !name.startsWith("ses:"));
  const tags = Object.fromEntries(own.map(([name, [value]]) => [name, value]));
  return {
    // Who sends a message with a user id in its tags is the company's own backend.
    who: person({ record: { tags }, email: backed(/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address) }),
    at,
    about: { email_id: m.messageId, email_subject: m.commonHeaders?.subject },
    custom: customFields("tags", tags),
  };
}
