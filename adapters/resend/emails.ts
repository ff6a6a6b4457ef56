/**
 * Resend's e-mails: recipients and outcomes.
 */
import * as z from "zod";
import type { MapHandler, MapResult } from "../../src/contract/adapter.ts";
import { backed, decisive, each, ignore, maybe, on, optional, person, text } from "../../src/contract/adapter.ts";
import { bouncedEmail, customFields, type Email, fold } from "../../src/vocabulary/adapter.ts";

const email = z.object({
  // Which of several the event is about is not told.
  to: z.array(text),
  ...each(maybe.text, "email_id", "subject"),
  ...each(maybe.id, "broadcast_id", "template_id"),
  // By name; a list of names and values in older webhooks. Set by the company's backend when it sent the message.
  tags: optional(z.union([z.array(z.looseObject({})), z.looseObject({})])),
  bounce: decisive(z.object({ message: maybe.text, type: decisive(text), subType: maybe.text })),
  click: optional(z.object(each(maybe.text, "link", "ipAddress", "userAgent"))),
  failed: optional(z.object({ reason: maybe.text })),
  suppressed: optional(z.object(each(maybe.text, "message", "type"))),
});

type Data = z.output<typeof email>;

/** A handler of an event about an e-mail to one person. */
export function onEmail(outcome: (email: Email, data: Data) => MapResult): MapHandler<unknown> {
  return on(email, (data, { event }) => {
    const [to, ...others] = data.to;
    if (to === undefined || others.length > 0) return ignore("an e-mail to several people: does not say which of them");
    return outcome(
      {
        // Who sends a message with a user id in its tags is the company's own backend.
        who: person({ record: { tags: data.tags }, email: backed(/<([^<>]+)>\s*$/.exec(to)?.[1] ?? to) }),
        at: event.occurredAt,
        about: {
          email_id: data.email_id,
          email_subject: data.subject,
          campaign_id: data.broadcast_id,
          template_id: data.template_id,
        },
        custom: customFields("tags", data.tags),
      },
      data,
    );
  });
}

/** A bounce. @see https://resend.com/docs/dashboard/emails/email-bounces */
export function bounced(mail: Email, { bounce }: Data): MapResult {
  return bouncedEmail(mail, {
    bounce_type: fold(bounce?.type?.toLowerCase(), { permanent: "hard", transient: "soft", undetermined: "soft" }),
    bounce_reason: bounce?.message,
    bounce_kind_raw: bounce?.subType,
  });
}
