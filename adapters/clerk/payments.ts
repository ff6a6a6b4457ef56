/**
 * Clerk Billing's payments.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, id, ignore, maybe, money, optional } from "../../src/contract/adapter.ts";
import {
  paymentFailed,
  paymentSucceeded,
  plan,
  subscriptionFact,
  subscriptionRenewed,
  trialConverted,
} from "../../src/vocabulary/adapter.ts";
import { amount, factsOf, organizationIn, payer, payerOf, planOf, subscriptionItem } from "./billing.ts";

const { text } = maybe;

/** A payment attempt; `status` is its outcome. */
export const paymentAttempt = z.object({
  payment_id: id,
  status: decisive(anyText),
  charge_type: text,
  failed_reason: optional(z.object(each(text, "code", "decline_code"))),
  totals: optional(z.object(each(amount, "grand_total", "subtotal", "tax_total"))),
  payment_source: optional(z.object(each(text, "payment_method", "card_type", "last4"))),
  subscription_items: optional(z.array(subscriptionItem)),
  payer,
});

type PaymentAttempt = z.output<typeof paymentAttempt>;

/** The outcome of a payment. */
export function payment(p: PaymentAttempt, { event: { occurredAt } }: MapContext<unknown>): MapResult {
  const sum = p.totals?.grand_total;
  const items = p.subscription_items ?? [];
  const who = payerOf(p.payer, items.length === 1 ? items[0]?.id : undefined);
  const states = (payment_failing: boolean): readonly Draft[] =>
    items.map((s) => subscriptionFact(payerOf(p.payer, s.id), occurredAt, s.id, { payment_failing }));
  switch (p.status) {
    case "paid":
      if (sum?.amount === 0) return ignore("nothing was paid");
      return [
        ...states(false),
        paymentSucceeded(who, { ...about(p), ...money("total", sum?.amount, sum?.currency) }),
        ...newPeriods(p, occurredAt),
      ];
    case "failed":
      return [
        ...states(true),
        paymentFailed(who, {
          ...about(p),
          ...money("amount", sum?.amount, sum?.currency),
          decline_reason: p.failed_reason?.decline_code ?? p.failed_reason?.code,
        }),
      ];
    default:
      return ignore("the payment is pending");
  }
}

/** A charge that is no checkout pays for a new period; that of a trial's item ends the trial. */
function newPeriods(p: PaymentAttempt, at: string): readonly Draft[] {
  if (p.charge_type !== "recurring") return [];
  return (p.subscription_items ?? []).flatMap((s) => {
    if (s.status !== "active") return [];
    // Whether its dates are those of the new period is not documented.
    const { trial_started_at, trial_ends_at, current_period_starts_at, current_period_ends_at, ...facts } = factsOf(s, at);
    const make = s.is_free_trial ? trialConverted : subscriptionRenewed;
    return make(payerOf(p.payer, s.id), { ...facts, ...organizationIn(p.payer), status: "active" });
  });
}

/** Of several items the first says what is paid; what all of them cost in a month is theirs to say. */
function about(p: PaymentAttempt) {
  const [first, ...others] = p.subscription_items ?? [];
  const totals = p.totals;
  return {
    payment_id: p.payment_id,
    ...organizationIn(p.payer),
    ...(first ? { subscription_id: first.id, ...plan({ ...planOf(first), ...(others.length > 0 ? { mrr: null } : {}) }) } : {}),
    ...money("subtotal", totals?.subtotal?.amount, totals?.subtotal?.currency),
    ...money("tax", totals?.tax_total?.amount, totals?.tax_total?.currency),
    billing_reason: reasonOf(p),
    billing_reason_raw: p.charge_type,
    payment_method: p.payment_source?.payment_method,
    card_brand: p.payment_source?.card_type?.toLowerCase(),
    card_last4: p.payment_source?.last4,
  } as const;
}

function reasonOf(p: PaymentAttempt) {
  if (p.charge_type === "recurring") return "renewal";
  if (p.charge_type !== "checkout") return null;
  return p.subscription_items?.some((s) => (s.credit?.amount?.amount ?? 0) > 0) ? "change" : "first";
}
