/**
 * The tracking plan: traits that say how a person stands. The core writes them from what adapters state.
 */
import type { Shape } from "./definition.schema.ts";
import { CLICK_IDS, INTERVALS, SUBSCRIPTION_STATUSES } from "./enums.ts";
import { ATTRIBUTION, choice, count, flag, number, text, time } from "./shapes.schema.ts";

/** Traits about one subject. */
export interface TraitGroup {
  readonly title: string;
  /** Whose they are, and which of several facts stands: one or two sentences. */
  readonly about: string;
  readonly traits: Shape;
}

/** Traits of a person's subscriptions. */
export const SUBSCRIPTION = {
  subscription_status: choice(SUBSCRIPTION_STATUSES, "status, as in events"),
  subscription_id: text("the vendor's id of the subscription"),
  plan_id: text("the vendor's id of the plan or price"),
  plan_name: text("name of the plan"),
  plan_price: number("price of one unit for one billing period, major units of `plan_currency`"),
  plan_interval: choice(INTERVALS, "unit of the billing period"),
  plan_currency: text("currency: ISO 4217, upper case"),
  mrr: number("what is billed in a month on average, major units of `plan_currency`; 0 once it has ended"),
  trial_ends_at: time("end of the trial, while there is one"),
  current_period_ends_at: time("end of the paid period"),
  subscription_ends_at: time("time at which it will end, or has ended"),
  payment_failing: flag("whether a payment for any of the person's subscriptions is owed"),
  subscriptions_count: count("subscriptions that run"),
};

const first = {
  first_utm_source: ATTRIBUTION.utm_source,
  first_utm_medium: ATTRIBUTION.utm_medium,
  first_utm_campaign: ATTRIBUTION.utm_campaign,
  first_utm_term: ATTRIBUTION.utm_term,
  first_utm_content: ATTRIBUTION.utm_content,
  first_referrer: ATTRIBUTION.referrer,
  first_landing_url: ATTRIBUTION.landing_url,
  first_click_id: ATTRIBUTION.click_id,
  first_click_id_type: choice(CLICK_IDS, "the advertiser's name for that id"),
};

/** All traits of the plan, by subject. */
export const TRAITS: readonly TraitGroup[] = [
  {
    title: "Subscription",
    about:
      "Of several subscriptions the one that is worth most in a month among those that run, else the one that ended last. For each, the newest fact by the vendor's time stands. The source in the account's `billing_from` writes them under these names, every other as `<source>_plan_name` and so on.",
    traits: SUBSCRIPTION,
  },
  {
    title: "E-mail health",
    about: "From any source that sends e-mail; the newest time stands.",
    traits: {
      email_bounced_at: time("time of the last bounce after which the address does not work"),
      email_complained_at: time("time of the last complaint"),
    },
  },
  {
    title: "Orders",
    about: "As the shop counts them.",
    traits: {
      orders_count: count("orders so far"),
      total_spent: number("money spent so far, major units of `total_spent_currency`"),
      total_spent_currency: text("currency: ISO 4217, upper case"),
      last_order_at: time("time of the last order"),
    },
  },
  {
    title: "First visit",
    about: "Where the person came from the first time: the whole set of the oldest event that tells it, whatever its source.",
    traits: first,
  },
];
