/**
 * Gumroad's memberships: subscriptions to a product. A ping about one has no price: the sale's state has it.
 *
 * @see https://github.com/antiwork/gumroad/blob/main/app/modules/subscription/ping_notification.rb
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import { claimed, each, id, maybe, on, person, personId, reference } from "../../src/contract/adapter.ts";
import {
  type CancellationReason,
  changed,
  fold,
  period,
  subscription,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionFact,
  subscriptionReactivated,
  trialExpired,
} from "../../src/vocabulary/adapter.ts";
import { fieldsWithin } from "./forms.ts";

const membership = z.looseObject({
  subscription_id: id,
  ...each(maybe.id, "product_id", "user_id"),
  ...each(maybe.text, "product_name", "user_email", "recurrence", "ended_reason", "type"),
  ...each(maybe.isoTime, "created_at", "free_trial_ends_at", "cancelled_at", "ended_at", "effective_as_of"),
  ...each(maybe.flag, "cancelled_by_buyer", "cancelled_by_seller", "cancelled_by_admin", "cancelled_due_to_payment_failures"),
});

type Membership = z.output<typeof membership>;

/** A decision to end it: `cancelled_at` is the end of what is paid. After failed payments nobody decides: it ends. */
export const onCancellation = on(membership, (m, { event }): MapResult => {
  const [who, facts] = [memberOf(m), factsOf(m)];
  const ends_at = m.cancelled_at;
  const state = subscriptionFact(who, event.occurredAt, m.subscription_id, {
    status: "cancelled",
    ...(ends_at ? { subscription_ends_at: ends_at } : {}),
  });
  if (m.cancelled_due_to_payment_failures) return state;
  const immediate = ends_at ? ends_at <= event.occurredAt : null;
  const cancellation_reason = reasonOf(m);
  return [state, subscriptionCancelled(who, { ...facts, status: "cancelled", ends_at, immediate, cancellation_reason })];
});

/** A change of tier, recurrence, price or quantity. Prices are left out: which currency they are in is not told. */
export const onUpdated = on(membership, (m) => {
  const [before, after] = [planIn(m, "old_plan"), planIn(m, "new_plan")];
  const { change, ...previous } = changed(before, after);
  return subscriptionChanged(memberOf(m), {
    ...factsOf(m),
    ...(after.plan_id ? { plan_id: after.plan_id } : {}),
    ...(after.plan_name ? { plan_name: after.plan_name } : {}),
    quantity: after.quantity,
    ...previous,
    change: fold(m.type, { upgrade: "upgrade", downgrade: "downgrade" }) ?? change,
    takes_effect_at: m.effective_as_of,
  });
});

/** Its end; of the trial too, if nothing was paid after it. @see https://app.gumroad.com/api#resource-subscriptions */
export const onEnded = on(membership, (m, { event }): MapResult => {
  const ended_at = m.ended_at ?? event.occurredAt;
  const cancellation_reason = fold(m.ended_reason, {
    cancelled: "customer",
    failed_payment: "payment_failed",
    fixed_subscription_period_ended: "other",
  });
  const isTrialOver = m.free_trial_ends_at ? ended_at <= m.free_trial_ends_at : false;
  const ended = {
    ...factsOf(m),
    status: "expired" as const,
    ends_at: ended_at,
    ended_at,
    cancellation_reason,
    cancellation_reason_raw: m.ended_reason,
  };
  return [
    subscriptionFact(memberOf(m), event.occurredAt, m.subscription_id, {
      status: "expired",
      mrr: 0,
      current_period_ends_at: null,
      subscription_ends_at: ended_at,
      payment_failing: false,
    }),
    ...(isTrialOver ? [trialExpired(memberOf(m), ended)] : []),
    subscriptionExpired(memberOf(m), ended),
  ];
});

/** It was started anew under the same id, or its cancellation was withdrawn. */
export const onRestarted = on(
  membership,
  (m, { event }): MapResult => [
    subscriptionFact(memberOf(m), event.occurredAt, m.subscription_id, { status: "active", subscription_ends_at: null }),
    subscriptionReactivated(memberOf(m), { ...factsOf(m), status: "active" }),
  ],
);

function memberOf(m: Membership) {
  return person({
    record: { purchaser_id: m.user_id },
    email: claimed(m.user_email),
    ids: [personId("user", m.user_id), reference("subscription", m.subscription_id)],
  });
}

function reasonOf(m: Membership): CancellationReason | null {
  if (m.cancelled_by_buyer) return "customer";
  return m.cancelled_by_seller || m.cancelled_by_admin ? "merchant" : null;
}

function factsOf(m: Membership) {
  return subscription({
    subscription_id: m.subscription_id,
    product_id: m.product_id,
    product_name: m.product_name,
    ...period(m.recurrence),
    started_at: m.created_at,
    trial_ends_at: m.free_trial_ends_at,
  });
}

function planIn(m: Membership, name: "old_plan" | "new_plan") {
  const fields = fieldsWithin(m, name);
  const quantity = Number(fields.quantity);
  return {
    plan_id: fields["tier][id"],
    plan_name: fields["tier][name"],
    quantity: Number.isSafeInteger(quantity) ? quantity : null,
    ...period(fields.recurrence),
  };
}
