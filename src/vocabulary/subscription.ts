/**
 * The properties of a subscription, which are the same for every vendor.
 */
import type * as z from "zod";
import type { Maybe } from "../contract/facts.ts";
import { inMinor, type Money, type MoneyProperties, moneyProperties } from "../contract/money.ts";
import type { Attribution } from "./attribution.ts";
import type { Maker } from "./construct.ts";
import type { CancellationReason, Interval, SubscriptionChange, SubscriptionStatus } from "./enums.ts";
import type { PRODUCT } from "./shapes.schema.ts";

/** What is billed, as mappers know it. */
export interface PlanInput {
  readonly plan_id?: Maybe<string>;
  readonly plan_name?: Maybe<string>;
  readonly product_id?: Maybe<string>;
  readonly product_name?: Maybe<string>;
  /** Of one unit for one billing period. */
  readonly price?: Maybe<Money>;
  readonly quantity?: Maybe<number>;
  readonly interval?: Maybe<Interval>;
  readonly interval_count?: Maybe<number>;
  /** In a month; computed from price, quantity and interval where it is left out. `null` where they do not say it. */
  readonly mrr?: Money | null | undefined;
}

/** What is billed, as properties. */
export type PlanProperties = {
  readonly [Name in "plan_id" | "plan_name" | "product_id" | "product_name"]?: string;
} & MoneyProperties<"price"> &
  MoneyProperties<"mrr"> & { readonly quantity?: number; readonly interval?: Interval; readonly interval_count?: number };

/** What is billed, as properties of an event. */
export function plan(input: PlanInput): PlanProperties {
  const { plan_id, plan_name, product_id, product_name, price, quantity, interval, interval_count } = input;
  const mrr = input.mrr === undefined ? mrrOf(input) : input.mrr;
  return {
    ...(plan_id ? { plan_id } : {}),
    ...(plan_name ? { plan_name } : {}),
    ...(product_id ? { product_id } : {}),
    ...(product_name ? { product_name } : {}),
    ...moneyProperties("price", price),
    ...(typeof quantity === "number" ? { quantity } : {}),
    ...(interval ? { interval, interval_count: interval_count ?? 1 } : {}),
    ...moneyProperties("mrr", mrr),
  };
}

/** Of how many twelfths of a year a unit is: 365 days are 52 1/7 weeks or 12 months. */
const MONTHS: Readonly<Record<Interval, readonly [number, number]>> = {
  day: [12, 365],
  week: [84, 365],
  month: [1, 1],
  year: [12, 1],
};

/**
 * What is billed in a month on average: price × quantity, in whole minor units, rounded half up.
 * @returns `null` where price or interval are unknown
 */
export function mrrOf({ price, quantity, interval, interval_count }: PlanInput): Money | null {
  if (!price || !interval || interval_count === 0) return null;
  const [months, units] = MONTHS[interval];
  const minor = Math.round((price.minor * (quantity ?? 1) * units) / (months * (interval_count ?? 1)));
  return inMinor(minor, price);
}

/** The sum of what several items cost in a month; `null` where one is unknown, or their currencies differ. */
export function mrrOfItems(items: readonly PlanInput[], discount?: Maybe<RecurringDiscount>): Money | null {
  const parts = items.map(mrrOf);
  const [first] = parts;
  if (!first) return null;
  let minor = 0;
  for (const part of parts) {
    if (part?.currency !== first.currency) return null;
    minor += part.minor;
  }
  const off = (discount?.percent ?? 0) / 100;
  const less = discount?.amount?.currency === first.currency ? discount.amount.minor : 0;
  return inMinor(Math.max(0, Math.round(minor * (1 - off)) - less), first);
}

/** A discount that stays: in per cent, or an amount off each month. */
export interface RecurringDiscount {
  readonly percent?: Maybe<number>;
  readonly amount?: Maybe<Money>;
}

/** A subscription, as mappers know it. Whatever a vendor does not tell may be null or left out. */
export interface SubscriptionInput extends PlanInput {
  readonly subscription_id: string;
  readonly status?: Maybe<SubscriptionStatus>;
  readonly status_raw?: Maybe<string>;
  readonly organization_id?: Maybe<string>;
  readonly organization_name?: Maybe<string>;
  readonly trial_started_at?: Maybe<string>;
  readonly trial_ends_at?: Maybe<string>;
  readonly current_period_starts_at?: Maybe<string>;
  readonly current_period_ends_at?: Maybe<string>;
  readonly next_billing_at?: Maybe<string>;
  readonly started_at?: Maybe<string>;
  readonly paused_at?: Maybe<string>;
  readonly resumes_at?: Maybe<string>;
  readonly cancelled_at?: Maybe<string>;
  readonly ends_at?: Maybe<string>;
  readonly ended_at?: Maybe<string>;
  readonly coupons?: Maybe<readonly Maybe<string>[]>;
  readonly cancellation_reason?: Maybe<CancellationReason>;
  readonly cancellation_reason_raw?: Maybe<string>;
  readonly cancellation_feedback?: Maybe<string>;
  readonly cancellation_comment?: Maybe<string>;
}

type Stated = Omit<SubscriptionInput, keyof PlanInput | "coupons" | "subscription_id">;

/** A subscription, as properties of an event and as its state. */
export type SubscriptionProperties = PlanProperties & { readonly subscription_id: string } & Stated & CouponProperties;

/** What an event about a subscription may have beside: products, the store, entitlements, and where the person came from. */
export type SubscriptionEventProperties = SubscriptionProperties &
  Attribution & {
    readonly products?: readonly ProductInput[];
    readonly products_count?: number;
    readonly affiliation?: Maybe<string>;
    readonly entitlements?: Maybe<readonly string[]>;
    readonly payment_update_url?: Maybe<string>;
  };

/** The constructor of any event about a subscription. */
export type SubscriptionEvent = Maker<SubscriptionEventProperties>;

/** A product, as mappers know it. */
export type ProductInput = { readonly [Name in keyof typeof PRODUCT]?: Maybe<z.input<(typeof PRODUCT)[Name]>> };

/** A subscription as properties, the same for every vendor; for an event and for `subscriptionState`. */
export function subscription(input: SubscriptionInput): SubscriptionProperties {
  const {
    plan_id,
    plan_name,
    product_id,
    product_name,
    price,
    quantity,
    interval,
    interval_count,
    mrr,
    coupons: codes,
    ...rest
  } = input;
  return {
    ...rest,
    ...plan({ plan_id, plan_name, product_id, product_name, price, quantity, interval, interval_count, mrr }),
    ...coupons(codes),
  };
}

/** The coupons of an order or subscription. */
export interface CouponProperties {
  readonly coupon?: string;
  readonly coupons?: string[];
}

/** All coupons, and the first of them as `coupon`. */
export function coupons(codes: Maybe<readonly Maybe<string>[]>): CouponProperties {
  const found = [...new Set((codes ?? []).filter((code) => typeof code === "string" && code !== ""))].filter(
    (code) => typeof code === "string",
  );
  const [coupon] = found;
  return coupon === undefined ? {} : { coupon, coupons: found };
}

/** A change of what is billed, as properties. */
export interface ChangeProperties {
  readonly change: SubscriptionChange;
  readonly previous_plan_id?: string | undefined;
  readonly previous_plan_name?: string | undefined;
  readonly previous_price?: number | undefined;
  readonly previous_price_minor?: number | undefined;
  readonly previous_quantity?: number | undefined;
  readonly previous_interval?: Interval | undefined;
  readonly previous_interval_count?: number | undefined;
}

/**
 * What changed between two plans: `interval` where the billing period did; else `quantity` where only the number of units did; else by what they
 * cost in a month, and `other` where that is the same or unknown. With what was before; its price where the currency is the same.
 */
export function changed(before: PlanInput, after: PlanInput): ChangeProperties {
  const [old, now] = [plan(before), plan(after)];
  const isSameMoney = old.currency === now.currency;
  return {
    change: changeOf(old, now),
    previous_plan_id: old.plan_id,
    previous_plan_name: old.plan_name,
    ...(isSameMoney ? { previous_price: old.price, previous_price_minor: old.price_minor } : {}),
    previous_quantity: old.quantity,
    previous_interval: old.interval,
    previous_interval_count: old.interval_count,
  };
}

function changeOf(old: PlanProperties, now: PlanProperties): SubscriptionChange {
  const isOtherPeriod = old.interval !== now.interval || old.interval_count !== now.interval_count;
  if (old.interval && now.interval && isOtherPeriod) return "interval";
  if (old.plan_id === now.plan_id && old.price === now.price && old.quantity !== now.quantity) return "quantity";
  if (old.mrr_minor === undefined || now.mrr_minor === undefined || old.currency !== now.currency) return "other";
  if (old.mrr_minor === now.mrr_minor) return "other";
  return now.mrr_minor > old.mrr_minor ? "upgrade" : "downgrade";
}
