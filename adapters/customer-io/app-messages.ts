/**
 * What became of Customer.io's push notifications and messages in the company's app, which no other vendor here sends.
 */
import { type MapHandler, on } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { personOf } from "./choices.ts";
import { appMessageOf, clickOf, message } from "./messages.ts";
import type { CUSTOMER_IO } from "./plan.schema.ts";

const own = ownEvents<typeof CUSTOMER_IO>();

/** A message that has nothing more to tell. */
export function onAppMessage(
  event:
    | "Push Notification Sent"
    | "Push Notification Delivered"
    | "Push Notification Tapped"
    | "Push Notification Converted"
    | "In App Message Sent"
    | "In App Message Opened"
    | "In App Message Converted",
): MapHandler<unknown> {
  return on(message, (m) => own(event)(personOf(m), appMessageOf(m)));
}

/** A message that did not arrive. */
export function onAppFailure(
  event: "Push Notification Bounced" | "Push Notification Dropped" | "Push Notification Failed" | "In App Message Failed",
): MapHandler<unknown> {
  return on(message, (m) => own(event)(personOf(m), { ...appMessageOf(m), reason: m.failure_message }));
}

/** A click in a message. */
export function onAppClick(event: "Push Notification Link Clicked" | "In App Message Clicked"): MapHandler<unknown> {
  return on(message, (m) => {
    const action_name = m.tracked_response ?? m.action_name;
    return own(event)(personOf(m), { ...appMessageOf(m), ...clickOf(m), action_name });
  });
}
