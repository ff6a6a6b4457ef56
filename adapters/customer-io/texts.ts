/**
 * What became of Customer.io's text messages and WhatsApp messages.
 */
import { type MapHandler, on } from "../../src/contract/adapter.ts";
import {
  type Maker,
  ownEvents,
  smsDelivered,
  smsFailed,
  smsLinkClicked,
  smsReceived,
  smsSent,
  whatsappMessageDelivered,
  whatsappMessageFailed,
  whatsappMessageLinkClicked,
  whatsappMessageRead,
  whatsappMessageReceived,
  whatsappMessageSent,
} from "../../src/vocabulary/adapter.ts";
import { personOf } from "./choices.ts";
import { clickOf, message, replyOf, smsOf, whatsappOf } from "./messages.ts";
import type { CUSTOMER_IO } from "./plan.schema.ts";

const own = ownEvents<typeof CUSTOMER_IO>();

/** A text message that was not delivered, or not handed over to the service that delivers. */
const onSmsFailed = on(message, (m) => smsFailed(personOf(m), { ...smsOf(m), reason: m.failure_message }));

/** The same for WhatsApp. */
const onWhatsappFailed = on(message, (m) => whatsappMessageFailed(personOf(m), { ...whatsappOf(m), reason: m.failure_message }));

/** Handlers by type. */
export const TEXTS: Readonly<Record<string, MapHandler<unknown>>> = {
  "sms.sent": onSms(smsSent),
  "sms.delivered": onSms(smsDelivered),
  "sms.clicked": on(message, (m) => smsLinkClicked(personOf(m), { ...smsOf(m), ...clickOf(m) })),
  "sms.converted": onSms(own("SMS Converted")),
  "sms.bounced": onSmsFailed,
  "sms.failed": onSmsFailed,
  "sms.replied": on(message, (m) => smsReceived(personOf(m), { sms_id: m.inbound_event_id, channel: "sms", ...replyOf(m) })),

  "whatsapp.sent": onWhatsapp(whatsappMessageSent),
  "whatsapp.delivered": onWhatsapp(whatsappMessageDelivered),
  "whatsapp.opened": onWhatsapp(whatsappMessageRead),
  "whatsapp.clicked": on(message, (m) => whatsappMessageLinkClicked(personOf(m), { ...whatsappOf(m), ...clickOf(m) })),
  "whatsapp.converted": onWhatsapp(own("WhatsApp Message Converted")),
  "whatsapp.bounced": onWhatsappFailed,
  "whatsapp.dropped": on(message, (m) =>
    own("WhatsApp Message Dropped")(personOf(m), { ...whatsappOf(m), reason: m.failure_message }),
  ),
  "whatsapp.failed": onWhatsappFailed,
  "whatsapp.replied": on(message, (m) => whatsappMessageReceived(personOf(m), { message_id: m.inbound_event_id, ...replyOf(m) })),
};

function onSms(make: Maker<ReturnType<typeof smsOf>>): MapHandler<unknown> {
  return on(message, (m) => make(personOf(m), smsOf(m)));
}

function onWhatsapp(make: Maker<ReturnType<typeof whatsappOf>>): MapHandler<unknown> {
  return on(message, (m) => make(personOf(m), whatsappOf(m)));
}
