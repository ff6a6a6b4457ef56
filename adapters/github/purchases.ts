/**
 * GitHub's Marketplace: plans of a GitHub App. Prices are in US dollars. GitHub tells of no payment.
 * @see https://docs.github.com/en/rest/apps/marketplace
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  fromMinor,
  id,
  identify,
  ignore,
  maybe,
  on,
  optional,
  text,
} from "../../src/contract/adapter.ts";
import {
  changed,
  ownEvents,
  period,
  plan,
  type SubscriptionEvent,
  subscription,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscriptionStarted,
  subscriptionState,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { account, personOf } from "./accounts.ts";
import type { GITHUB } from "./plan.schema.ts";

const { integer, isoTime: time } = maybe;

const own = ownEvents<typeof GITHUB>();

const bought = z.object({
  // It selects the price.
  billing_cycle: decisive(text),
  unit_count: integer,
  on_free_trial: decisive(z.boolean()),
  ...each(time, "free_trial_ends_on", "next_billing_date"),
  plan: z.object({
    id,
    ...each(maybe.text, "name", "price_model"),
    ...each(integer, "monthly_price_in_cents", "yearly_price_in_cents"),
  }),
});

const purchase = z.object({
  marketplace_purchase: bought.extend({ account: account.extend({ organization_billing_email: maybe.text }) }),
  previous_marketplace_purchase: optional(bought),
  effective_date: time,
});

type Purchase = z.output<typeof purchase>;

/** A bought plan. */
export const onPurchased = onPurchase(({ marketplace_purchase: { on_free_trial } }) => {
  const started: SubscriptionEvent = (who, facts) => subscriptionStarted(who, { ...facts, status: facts.status ?? "active" });
  return on_free_trial ? [trialStarted, started] : [started];
});

/** Another plan, since now. */
export const onChanged = onPurchase(({ marketplace_purchase: now, previous_marketplace_purchase: before }) => [
  (who, facts) =>
    subscriptionChanged(who, { ...facts, ...(before ? changed(planOf(before), planOf(now)) : { change: "other" }) }),
]);

/**
 * A plan that ended: in a trial when the customer cancels, else at the end of what is paid. The cancellation itself has no webhook before.
 * @see https://docs.github.com/en/apps/github-marketplace/using-the-github-marketplace-api-in-your-app/handling-plan-cancellations
 */
export const onCancelled = onPurchase(({ marketplace_purchase: { on_free_trial } }) =>
  on_free_trial
    ? [(who, facts) => subscriptionCancelled(who, { ...facts, immediate: true }), trialExpired, subscriptionExpired]
    : [(who, facts) => subscriptionCancelled(who, facts), subscriptionExpired],
);

/** A change at the end of the billing period, or its withdrawal: until then nothing changes. */
export function onPending(event: "Subscription Change Scheduled" | "Subscription Change Withdrawn") {
  return on(purchase, ({ marketplace_purchase: next, previous_marketplace_purchase: now, effective_date }) =>
    told(next, (who) => [
      own(event)(who, {
        subscription_id: next.account.id,
        ...plan(planOf(next)),
        previous_plan_id: now?.plan.id,
        previous_plan_name: now?.plan.name,
        takes_effect_at: effective_date,
      }),
    ]),
  );
}

function onPurchase(eventsOf: (p: Purchase) => readonly SubscriptionEvent[]) {
  return on(purchase, (p, { event }: MapContext<unknown>) => {
    const isOver = event.type.endsWith(".cancelled");
    const facts = factsOf(p, isOver);
    return told(p.marketplace_purchase, (who) => [
      subscriptionState(who, event.occurredAt, facts),
      ...eventsOf(p).map((make) => make(who, facts)),
    ]);
  });
}

/** About the account that bought: the address is that of an organization's bills. */
function told(
  { account: buyer }: Purchase["marketplace_purchase"],
  drafts: (who: ReturnType<typeof personOf>) => readonly Draft[],
): MapResult {
  if (buyer.type === "Bot") return ignore("done by a bot");
  const who = personOf(buyer, claimed(buyer.organization_billing_email));
  return [identify(who, { login: buyer.login, profile_url: buyer.html_url }), ...drafts(who)];
}

/** An account has one plan of an app, so that its id is the subscription's. */
function factsOf({ marketplace_purchase: p, effective_date }: Purchase, isOver: boolean) {
  return subscription({
    subscription_id: p.account.id,
    status: isOver ? "expired" : p.on_free_trial ? "trialing" : "active",
    ...planOf(p),
    trial_ends_at: p.free_trial_ends_on,
    current_period_ends_at: isOver ? null : (p.next_billing_date ?? p.free_trial_ends_on),
    next_billing_at: isOver ? null : p.next_billing_date,
    ended_at: isOver ? effective_date : null,
  });
}

function planOf(p: z.output<typeof bought>) {
  const { id: plan_id, name: plan_name, price_model, monthly_price_in_cents, yearly_price_in_cents } = p.plan;
  const cents = p.billing_cycle === "yearly" ? yearly_price_in_cents : monthly_price_in_cents;
  const isPerUnit = price_model?.toLowerCase().replace("-", "_") === "per_unit";
  return {
    plan_id,
    plan_name,
    price: typeof cents === "number" ? fromMinor(cents, "USD") : null,
    quantity: isPerUnit ? p.unit_count : null,
    ...period(p.billing_cycle),
  };
}
