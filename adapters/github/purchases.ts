/**
 * GitHub Sponsors and the Marketplace.
 */
import * as z from "zod";
import { claimed, decisive, each, id, maybe, money, on, optional, text } from "../../src/contract/adapter.ts";
import { account, did } from "./accounts.ts";

const { integer, isoTime: time } = maybe;

const tier = z.object({ name: maybe.text, monthly_price_in_cents: integer, is_one_time: maybe.flag });

const sponsorship = z.object({
  sponsorship: z.object({ sponsor: decisive(account), sponsorable: optional(account), tier }),
  changes: optional(z.object({ tier: optional(z.object({ from: tier })) })),
  effective_date: time,
});

const purchase = z.object({
  marketplace_purchase: z.object({
    account: account.extend({ organization_billing_email: maybe.text }),
    // It selects the price.
    billing_cycle: decisive(text),
    unit_count: integer,
    on_free_trial: maybe.flag,
    ...each(time, "free_trial_ends_on", "next_billing_date"),
    plan: z.object({ id, name: text, ...each(integer, "monthly_price_in_cents", "yearly_price_in_cents") }),
  }),
  previous_marketplace_purchase: optional(z.object({ plan: optional(z.object({ name: text })) })),
  effective_date: time,
});

/** A sponsorship event; the person is the sponsor. */
export function onSponsorship(event: string) {
  return on(sponsorship, ({ sponsorship: s, changes, effective_date }) =>
    did(s.sponsor, event, {
      tier: s.tier.name,
      previous_tier: changes?.tier?.from.name,
      one_time: s.tier.is_one_time,
      sponsored: s.sponsorable?.login,
      effective_at: effective_date,
      ...money("price", s.tier.monthly_price_in_cents, "USD"),
    }),
  );
}

/** A plan event. Prices are per unit, in US dollars. @see https://docs.github.com/en/rest/apps/marketplace */
export function onPurchase(event: string) {
  return on(purchase, ({ marketplace_purchase: p, previous_marketplace_purchase: previous, effective_date }) => {
    const cents = p.billing_cycle === "yearly" ? p.plan.yearly_price_in_cents : p.plan.monthly_price_in_cents;
    const properties = {
      plan_id: p.plan.id,
      plan: p.plan.name,
      previous_plan: previous?.plan?.name,
      billing_cycle: p.billing_cycle,
      quantity: p.unit_count,
      on_free_trial: p.on_free_trial,
      trial_ends_at: p.free_trial_ends_on,
      next_billing_at: p.next_billing_date,
      effective_at: effective_date,
      ...money("price", cents, "USD"),
    };
    return did(p.account, event, properties, claimed(p.account.organization_billing_email));
  });
}
