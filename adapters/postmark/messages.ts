/**
 * Postmark's messages: recipients, outcomes and suppressions.
 */
import * as z from "zod";
import type { MapContext, MapResult, Maybe } from "../../src/contract/adapter.ts";
import { backed, decisive, each, flag, ignore, maybe, on, optional, person, text } from "../../src/contract/adapter.ts";
import {
  bouncedEmail,
  complainedEmail,
  customFields,
  deferredEmail,
  droppedEmail,
  type Email,
  subscribedEmail,
  suppressedEmail,
  unsubscribedEmail,
} from "../../src/vocabulary/adapter.ts";

/** The message id of a suppression that no message led to. */
const NO_MESSAGE = "00000000-0000-0000-0000-000000000000";

/** A webhook about a message. */
export const message = z
  .object({
    ...each(maybe.text, "Recipient", "Email", "MessageID", "MessageStream", "Tag", "Subject"),
    // Set by the company's backend when it sent the message.
    Metadata: optional(z.looseObject({})),
  })
  .refine(({ Recipient, Email }) => Recipient || Email, "no recipient");

type Message = z.output<typeof message>;

const bounce = message.and(z.object({ Type: text, ...each(maybe.text, "Name", "Description", "Details") }));

/** An open or a click. */
export const engagement = message.and(
  z.object({
    ...each(maybe.text, "OriginalLink", "UserAgent", "Platform"),
    Client: optional(z.object({ Name: maybe.text })),
    Geo: optional(z.object(each(maybe.text, "IP", "City", "Region", "Country"))),
  }),
);

const suppression = message.and(z.object({ SuppressSending: flag, SuppressionReason: decisive(text), Origin: decisive(text) }));

/** What a type of bounce means. @see https://postmarkapp.com/developer/api/bounce-api#bounce-types */
export const onBounce = on(bounce, (b, context): MapResult => {
  const email = emailOf(b, context);
  const failure = { bounce_reason: b.Details || b.Description, bounce_kind_raw: b.Type };
  switch (b.Type) {
    case "HardBounce":
    case "BadEmailAddress":
      return bouncedEmail(email, { ...failure, bounce_type: "hard" });
    case "Transient":
    case "DnsError":
      return deferredEmail(email, failure);
    case "SpamComplaint":
      return complainedEmail(email);
    case "Unsubscribe":
      return unsubscribedEmail(email);
    case "ManuallyDeactivated":
    case "SMTPApiError":
    case "TemplateRenderingFailed":
      return droppedEmail(email, failure);
    case "Subscribe":
    case "AutoResponder":
    case "AddressChange":
    case "OpenRelayTest":
    case "ChallengeVerification":
    case "InboundError":
      return ignore("an automatic answer, not a bounce");
    default:
      return bouncedEmail(email, { ...failure, bounce_type: "soft" });
  }
});

/** A suppression of a message stream, by the recipient or the company, or one that was lifted. */
export const onSuppression = on(suppression, (s, context): MapResult => {
  const email = emailOf(s, context);
  const isTheirs = s.Origin === "Recipient";
  if (!s.SuppressSending) {
    return isTheirs ? subscribedEmail(email, { topic: s.MessageStream }) : ignore("lifting a suppression is not an opt-in");
  }
  // The events of a bounce or a complaint come with webhooks of their own.
  if (s.SuppressionReason === "HardBounce") return suppressedEmail(email, "hard_bounce");
  if (s.SuppressionReason === "SpamComplaint") return suppressedEmail(email, "complaint");
  return isTheirs ? unsubscribedEmail(email, { topic: s.MessageStream }) : suppressedEmail(email);
});

/** The message and its recipient. */
export function emailOf(m: Message, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  const { Metadata } = m;
  return {
    // Who sends a message with a user id in its metadata is the company's own backend.
    who: person({ record: { Metadata }, email: backed(m.Recipient || m.Email) }),
    at,
    about: { email_id: m.MessageID === NO_MESSAGE ? null : m.MessageID, email_subject: m.Subject, tags: m.Tag ? [m.Tag] : [] },
    custom: customFields("Metadata", Metadata),
  };
}

/** Who opened or clicked, and with what. */
export function clientOf(m: z.output<typeof engagement>) {
  const known = (value: Maybe<string>) => (value?.toLowerCase() === "unknown" ? null : value);
  const { IP: ip, City: city, Region: region, Country: country } = m.Geo ?? {};
  return {
    user_agent: m.UserAgent,
    device_type: known(m.Platform),
    client_name: known(m.Client?.Name),
    ip,
    city,
    region,
    country,
  };
}
