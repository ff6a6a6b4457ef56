/**
 * The tracking plan: what became of e-mails, text messages and WhatsApp messages, with the destination's own names.
 * @see https://docs.customer.io/integrations/data-in/semantic-events/email/
 */
import { event, family } from "./definition.schema.ts";
import { BOUNCE_TYPES } from "./enums.ts";
import { choice, count, flag, text, texts } from "./shapes.schema.ts";

const email = {
  email_id: text("the vendor's id of the e-mail; some vendors do not tell it with a bounce that comes late"),
  email_subject: text("subject of the e-mail"),
  campaign_id: text("the vendor's id of the campaign or broadcast"),
  campaign_name: text("name of the campaign or broadcast"),
  template_id: text("the vendor's id of the template, or of the step in a campaign"),
  template_name: text("name of the template"),
  tags: texts("the company's tags or categories of the e-mail"),
};

const machine = {
  ...email,
  is_machine: flag("whether a mail client or a scanner did it, not the person"),
  user_agent: text("user agent"),
  device_type: text("kind of device, in the vendor's words"),
  client_name: text("name of the mail client or browser"),
  ip: text("IP address of the person"),
  city: text("city"),
  region: text("region"),
  country: text("country"),
};

const failure = {
  ...email,
  bounce_type: choice(BOUNCE_TYPES, "`hard`: the address does not work; `soft`: this e-mail did not arrive"),
  bounce_reason: text("why, in the words of the receiving server or the vendor"),
  bounce_code: text("SMTP status"),
  bounce_kind_raw: text("the vendor's own class of the failure"),
};

const message = {
  campaign_id: text("the vendor's id of the campaign"),
  campaign_name: text("name of the campaign"),
  template_id: text("the vendor's id of the template, or of the step in a campaign"),
  from: text("number or id that it came from"),
  to: text("number or id that it went to"),
  sender_id: text("the vendor's id of the sender or pool of senders"),
  segments: count("number of messages that it was sent in"),
};
const sms = {
  sms_id: text("the vendor's id of the message"),
  channel: text("`sms`, `mms`, `rcs` …"),
  ...message,
};
const whatsapp = { message_id: text("the vendor's id of the message"), ...message };

const delivery = {
  error_code: text("the vendor's code of the failure"),
  reason: text("why, in the vendor's words"),
};
const answer = { body: text("the message"), media_count: count("number of attachments") };
const click = {
  link_url: text("address of the link"),
  link_id: text("the vendor's id of the link"),
  user_agent: text("user agent"),
};

const example = { email_id: "e_1", email_subject: "Welcome" };

/** Engagement. */
export const ENGAGEMENT = family("Engagement", "What became of e-mails, text messages and WhatsApp messages.", {
  "Email Delivered": event({
    when: "The receiving server took an e-mail.",
    optional: email,
    example,
  }),
  "Email Opened": event({
    when: "An e-mail was opened.",
    optional: machine,
    example: { ...example, is_machine: false },
  }),
  "Email Link Clicked": event({
    when: "A link in an e-mail was clicked.",
    optional: { ...machine, link_url: click.link_url, link_id: click.link_id },
    example: { ...example, link_url: "https://example.com/offer" },
  }),
  "Email Bounced": event({
    when: "An e-mail could not be delivered.",
    optional: failure,
    example: { ...example, bounce_type: "hard", bounce_reason: "550 5.1.1 no such user" },
  }),
  "Email Marked as Spam": event({
    when: "The receiver complained about an e-mail.",
    optional: email,
    example,
  }),
  "Email Unsubscribed": event({
    when: "A person unsubscribed by a link in an e-mail.",
    optional: { ...machine, topic: text("what they unsubscribed from; all where it is missing") },
    example,
  }),
  "Email Subscribed": event({
    when: "A person, or the company for them, subscribed to e-mails: by a form, an import, a preference page.",
    optional: {
      ...email,
      topic: text("what they subscribed to: the vendor's id of the list or audience; all where it is missing"),
      topic_name: text("name of the list or audience"),
      method: text("how, in the vendor's words"),
      ip: machine.ip,
    },
    example: { topic: "a6b5da1054", method: "form" },
  }),
  "Email Dropped": event({
    when: "The vendor did not try to deliver an e-mail: because of an earlier bounce, complaint or opt-out, or an error in it.",
    optional: failure,
    example: { ...example, bounce_reason: "unsubscribed" },
  }),
  "Email Deferred": event({
    when: "The receiving server did not take an e-mail yet; the vendor tries again.",
    optional: { ...failure, attempt: count("number of this attempt, from 1") },
    example: { ...example, bounce_reason: "451 try later" },
  }),
  "SMS Sent": event({ when: "A text message was sent to a person.", optional: sms, example: { sms_id: "m_1" } }),
  "SMS Delivered": event({ when: "A text message arrived.", optional: sms, example: { sms_id: "m_1" } }),
  "SMS Failed": event({
    when: "A text message could not be delivered.",
    optional: { ...sms, ...delivery },
    example: { sms_id: "m_1", error_code: "30003" },
  }),
  "SMS Received": event({
    when: "A person sent a text message.",
    optional: { ...sms, ...answer },
    example: { sms_id: "m_1", body: "Yes, please" },
  }),
  "SMS Link Clicked": event({
    when: "A link in a text message was clicked.",
    optional: { ...sms, ...click },
    example: { sms_id: "m_1", link_url: "https://example.com/offer" },
  }),
  "WhatsApp Message Sent": event({
    when: "A WhatsApp message was sent to a person.",
    optional: whatsapp,
    example: { message_id: "m_1" },
  }),
  "WhatsApp Message Delivered": event({
    when: "A WhatsApp message arrived.",
    optional: whatsapp,
    example: { message_id: "m_1" },
  }),
  "WhatsApp Message Read": event({
    when: "A person read a WhatsApp message.",
    optional: whatsapp,
    example: { message_id: "m_1" },
  }),
  "WhatsApp Message Failed": event({
    when: "A WhatsApp message could not be delivered.",
    optional: { ...whatsapp, ...delivery },
    example: { message_id: "m_1", error_code: "63016" },
  }),
  "WhatsApp Message Received": event({
    when: "A person sent a WhatsApp message.",
    optional: { ...whatsapp, ...answer },
    example: { message_id: "m_1", body: "Yes, please" },
  }),
  "WhatsApp Message Link Clicked": event({
    when: "A link in a WhatsApp message was clicked.",
    optional: { ...whatsapp, ...click },
    example: { message_id: "m_1", link_url: "https://example.com/offer" },
  }),
});
