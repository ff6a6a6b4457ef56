/**
 * What became of Customer.io's e-mails.
 */
import { consent, type MapHandler, on } from "../../src/contract/adapter.ts";
import {
  emailBounced,
  emailComplainedState,
  emailDelivered,
  emailDropped,
  emailLinkClicked,
  emailMarkedAsSpam,
  emailOpened,
  emailUnsubscribed,
  type Maker,
  ownEvents,
} from "../../src/vocabulary/adapter.ts";
import { personOf } from "./choices.ts";
import { clickOf, emailOf, engagedOf, message } from "./messages.ts";
import type { CUSTOMER_IO } from "./plan.schema.ts";

const own = ownEvents<typeof CUSTOMER_IO>();

/** Handlers by type. */
export const EMAILS: Readonly<Record<string, MapHandler<unknown>>> = {
  "email.sent": onEmail(own("Email Sent")),
  "email.delivered": onEmail(emailDelivered),
  "email.opened": on(message, (m) => emailOpened(personOf(m), engagedOf(m))),
  "email.clicked": on(message, (m) => emailLinkClicked(personOf(m), { ...engagedOf(m), ...clickOf(m) })),
  "email.converted": onEmail(own("Email Converted")),
  "email.bounced": on(message, (m) => emailBounced(personOf(m), { ...emailOf(m), bounce_reason: m.failure_message })),
  "email.spammed": on(message, (m, { event: { occurredAt: at } }) => [
    consent(personOf(m), { channel: "email", state: "unsubscribed", at, because: "complaint" }),
    emailComplainedState(personOf(m), at),
    emailMarkedAsSpam(personOf(m), emailOf(m)),
  ]),
  // To a person that Customer.io has suppressed, or not handed over to the service that delivers.
  "email.dropped": onDropped("dropped"),
  "email.failed": onDropped("failed"),
  "email.unsubscribed": on(message, (m, { event: { occurredAt: at } }) => [
    consent(personOf(m), { channel: "email", state: "unsubscribed", at }),
    emailUnsubscribed(personOf(m), emailOf(m)),
  ]),
};

function onEmail(make: Maker<ReturnType<typeof emailOf>>): MapHandler<unknown> {
  return on(message, (m) => make(personOf(m), emailOf(m)));
}

function onDropped(metric: string): MapHandler<unknown> {
  return on(message, (m) =>
    emailDropped(personOf(m), { ...emailOf(m), bounce_reason: m.failure_message, bounce_kind_raw: metric }),
  );
}
