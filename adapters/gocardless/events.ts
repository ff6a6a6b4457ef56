/**
 * GoCardless's events: what they link to is how a person is known, until the customer is looked up.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, each, id, identify, maybe, on, optional, person, personId, reference } from "../../src/contract/adapter.ts";
import {
  customFields,
  disputeClosed,
  disputeOpened,
  paymentFailed,
  paymentMethodAdded,
  paymentMethodRemoved,
  paymentMethodUpdated,
  paymentRefunded,
  paymentSucceeded,
  refundFailed,
  type SubscriptionStatus,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionFact,
  subscriptionPaused,
  subscriptionResumed,
  subscriptionStarted,
} from "../../src/vocabulary/adapter.ts";

/** The company's own fields. */
export const metadata = optional(z.record(z.string(), z.unknown()));

/** An event, beside its id, time and type. `resource_metadata` is that of the payment, mandate or subscription. */
export const event = z.looseObject({
  links: z.object({
    ...each(decisive(id), "customer", "mandate", "mandate_request_mandate", "payment", "subscription"),
    ...each(maybe.id, "new_mandate", "refund", "billing_request"),
  }),
  details: optional(z.object(each(maybe.text, "origin", "cause", "description", "scheme", "reason_code"))),
  resource_metadata: metadata,
});

type Event = z.output<typeof event>;

function whoOf(e: Event): PersonFacts {
  const { customer, mandate, mandate_request_mandate, new_mandate, payment, subscription, refund } = e.links;
  const mandates = [mandate, mandate_request_mandate, new_mandate].map((one) => personId("mandate", one));
  const things = [reference("payment", payment), reference("subscription", subscription), reference("refund", refund)];
  return person({ record: e, ids: [personId("customer", customer), ...mandates, ...things] });
}

const handler = (make: (who: PersonFacts, e: Event, at: string) => readonly Draft[]) =>
  on(event, (e, { event: { occurredAt } }) => {
    const custom = customFields("resource_metadata", e.resource_metadata);
    return make(whoOf(e), e, occurredAt).map((draft) => (draft.kind === "track" ? { ...draft, custom } : draft));
  });

function billed({ links }: Event) {
  return { payment_id: links.payment, subscription_id: links.subscription };
}

/** A payment for a subscription says whether one is owed. */
const owed = (who: PersonFacts, { links }: Event, at: string, payment_failing: boolean): readonly Draft[] =>
  links.subscription ? [subscriptionFact(who, at, links.subscription, { payment_failing })] : [];

const mandateOf = ({ links, details }: Event) => ({
  payment_method_id: links.new_mandate ?? links.mandate,
  payment_method: details?.scheme,
  reason: details?.cause,
});

const removed = handler((who, e) => [paymentMethodRemoved(who, mandateOf(e))]);
const added = handler((who, e) => [paymentMethodAdded(who, mandateOf(e))]);

const subscriptionHandler = (
  status: SubscriptionStatus,
  make: (
    who: PersonFacts,
    told: { readonly subscription_id: string; readonly status: SubscriptionStatus },
    e: Event,
  ) => readonly Draft[],
) =>
  handler((who, e, at) => {
    const { subscription } = e.links;
    if (!subscription) return [];
    return [subscriptionFact(who, at, subscription, { status }), ...make(who, { subscription_id: subscription, status }, e)];
  });

/** Whose a thing is, is all that is new. */
const linked = handler((who) => [identify(who, {})]);

/** Handlers by type of resource and action. @see https://developer.gocardless.com/api-reference/#events-event-types */
export const actions = {
  "payments.confirmed": handler((who, e, at) => [
    paymentSucceeded(who, { ...billed(e), payment_method: e.details?.scheme }),
    ...owed(who, e, at, false),
  ]),
  "payments.failed": handler((who, e, at) => [
    paymentFailed(who, {
      ...billed(e),
      payment_method: e.details?.scheme,
      decline_reason: e.details?.cause,
      error_message: e.details?.description,
    }),
    ...owed(who, e, at, true),
  ]),
  "payments.charged_back": handler((who, e) => [disputeOpened(who, { ...billed(e), reason: e.details?.cause })]),
  "payments.chargeback_cancelled": handler((who, e) => [disputeClosed(who, { ...billed(e), outcome: "won" })]),
  "payments.chargeback_settled": handler((who, e) => [disputeClosed(who, { ...billed(e), outcome: "lost" })]),
  "payments.created": linked,
  "refunds.created": handler((who, e) => [paymentRefunded(who, { ...billed(e), refund_id: e.links.refund })]),
  "refunds.failed": handler((who, e) => [
    refundFailed(who, { ...billed(e), refund_id: e.links.refund, failure_reason: e.details?.cause }),
  ]),
  "mandates.created": linked,
  "mandates.active": added,
  "mandates.reinstated": added,
  "mandates.replaced": handler((who, e) => [paymentMethodUpdated(who, mandateOf(e))]),
  "mandates.cancelled": removed,
  "mandates.failed": removed,
  "mandates.expired": removed,
  "billing_requests.fulfilled": linked,
  "subscriptions.created": subscriptionHandler("active", (who, told) => [subscriptionStarted(who, told)]),
  "subscriptions.payment_created": linked,
  "subscriptions.amended": subscriptionHandler("active", (who, told) => [subscriptionChanged(who, { ...told, change: "other" })]),
  "subscriptions.paused": subscriptionHandler("paused", (who, told) => [subscriptionPaused(who, told)]),
  "subscriptions.resumed": subscriptionHandler("active", (who, told) => [subscriptionResumed(who, told)]),
  "subscriptions.cancelled": subscriptionHandler("expired", (who, told, e) => [
    subscriptionCancelled(who, { ...told, immediate: true, cancellation_reason_raw: e.details?.cause }),
    subscriptionExpired(who, { ...told, cancellation_reason_raw: e.details?.cause }),
  ]),
  "subscriptions.finished": subscriptionHandler("expired", (who, told) => [subscriptionExpired(who, told)]),
};
