/**
 * Properties that many events of the tracking plan share.
 */
import * as z from "zod";
import { BILLING_REASONS, CANCELLATION_REASONS, CLICK_IDS, INTERVALS, SUBSCRIPTION_STATUSES } from "./enums.ts";

/** A text that is not empty. */
export function text(about: string) {
  return z.string().min(1).describe(about);
}

/** A time. */
export function time(about: string) {
  return z.iso.datetime().describe(`${about} (ISO 8601 UTC)`);
}

/** A number. */
export function number(about: string) {
  return z.number().describe(about);
}

/** A whole number, not negative. */
export function count(about: string) {
  return z.int().min(0).describe(about);
}

/** Yes or no. */
export function flag(about: string) {
  return z.boolean().describe(about);
}

/** One of a closed list. */
export function choice<const Words extends readonly string[]>(words: Words, about: string) {
  return z.enum(words).describe(about);
}

/** A list of texts. */
export function texts(about: string) {
  return z.array(z.string().min(1)).min(1).describe(about);
}

/** An amount in both units, without its currency. */
export function amount<Name extends string>(name: Name, about: string): { readonly [Key in Name | `${Name}_minor`]: z.ZodNumber };
export function amount(name: string, about: string): Readonly<Record<string, z.ZodNumber>> {
  return {
    [name]: z.number().describe(`${about}, in major units of \`currency\``),
    [`${name}_minor`]: z.int().describe(`the same in minor units of \`currency\``),
  };
}

/** The currency of all money of an event. */
export const CURRENCY = {
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe("currency of all amounts: ISO 4217, upper case"),
};

/** What the customer paid in their own currency, where it is another than the shop's. */
export const PRESENTMENT = {
  presentment_currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe("currency that the customer paid in: ISO 4217, upper case"),
  presentment_total: number("`total` in that currency, major units"),
};

/** Where a person came from. Every event may have it. */
export const ATTRIBUTION = {
  utm_source: text("campaign source"),
  utm_medium: text("campaign medium"),
  utm_campaign: text("campaign name"),
  utm_term: text("campaign term"),
  utm_content: text("campaign content"),
  referrer: text("URL of the page before the first page of the visit"),
  landing_url: text("URL of the first page of the visit"),
  click_id: text("id of the click on an advertisement"),
  click_id_type: choice(CLICK_IDS, "the advertiser's name for that id"),
};

/** What is billed. */
export const PLAN = {
  plan_id: text("the vendor's id of the plan or price"),
  plan_name: text("name of the plan"),
  product_id: text("the vendor's id of the product"),
  product_name: text("name of the product"),
  ...amount("price", "price of one unit for one billing period"),
  quantity: number("units of the plan"),
  interval: choice(INTERVALS, "unit of the billing period"),
  interval_count: count("number of those units in a billing period"),
  ...amount("mrr", "what is billed in a month on average, after recurring discounts where the vendor tells them"),
  ...CURRENCY,
};

/** Products of an order, cart or invoice. */
export const PRODUCT = {
  product_id: text("the vendor's id of the product"),
  variant_id: text("the vendor's id of the variant or price"),
  sku: text("stock keeping unit"),
  name: text("name of the product"),
  variant: text("name of the variant"),
  brand: text("brand or vendor"),
  category: text("category"),
  price: number("price of one unit, major units of `currency`"),
  quantity: number("units"),
  coupon: text("coupon of this product alone"),
  url: text("page of the product"),
  image_url: text("image of the product"),
};

/** The products of an event. */
export const PRODUCTS = {
  products: z.array(z.strictObject(PRODUCT).partial()).max(20).describe("the first 20 products"),
  products_count: count("number of products"),
};

/** How something was paid. */
export const PAYMENT_METHOD = {
  payment_method: text("kind of payment method: `card`, `sepa_debit` …, as the vendor calls it"),
  card_brand: text("brand of the card, lower case"),
  card_last4: text("last four digits of the card"),
};

/** Who pays, where that is no person. */
const PAYER = {
  organization_id: text("the vendor's id of the organization that pays, where one does"),
  organization_name: text("name of that organization"),
};

/** What every event about a subscription must have. */
export const SUBSCRIPTION_ID = { subscription_id: text("the vendor's id of the subscription") };

/** What an event about a subscription may have. */
export const SUBSCRIPTION = {
  status: choice(
    SUBSCRIPTION_STATUSES,
    "status after the event; `cancelled`: its end is decided and it still runs; `expired`: it has ended",
  ),
  status_raw: text("the vendor's own word for the status"),
  ...PLAN,
  ...PRODUCTS,
  ...PAYER,
  trial_started_at: time("start of the trial"),
  trial_ends_at: time("end of the trial"),
  current_period_starts_at: time("start of the current billing period"),
  current_period_ends_at: time("end of the current billing period"),
  next_billing_at: time("time of the next payment"),
  started_at: time("start of the subscription"),
  paused_at: time("start of the pause"),
  resumes_at: time("end of the pause"),
  cancelled_at: time("time of the decision to end it"),
  ends_at: time("time at which it will end, or has ended"),
  ended_at: time("time at which it ended"),
  coupon: text("code or id of the first coupon"),
  coupons: texts("codes or ids of all coupons"),
  affiliation: text("store or channel that sold it"),
  entitlements: texts("what it entitles to, by the vendor's ids"),
  payment_update_url: text("page on which the customer can change the payment method, perhaps for a day only"),
  cancellation_reason: choice(CANCELLATION_REASONS, "who or what ended it"),
  cancellation_reason_raw: text("the vendor's own word for the reason"),
  cancellation_feedback: text("the customer's choice among given reasons, in the vendor's words"),
  cancellation_comment: text("the customer's own words"),
};

/** What was before a change. */
export const PREVIOUS = {
  previous_plan_id: text("`plan_id` before"),
  previous_plan_name: text("`plan_name` before"),
  ...amount("previous_price", "`price` before"),
  previous_quantity: number("`quantity` before"),
  previous_interval: choice(INTERVALS, "`interval` before"),
  previous_interval_count: count("`interval_count` before"),
};

/** What a payment or an invoice is about. */
export const BILLED = {
  ...PLAN,
  ...PRODUCTS,
  ...PAYER,
  ...PRESENTMENT,
  ...amount("subtotal", "after discounts, before tax and shipping"),
  ...amount("discount", "all discounts"),
  ...amount("tax", "tax"),
  ...amount("shipping", "shipping"),
  subscription_id: text("the vendor's id of the subscription"),
  order_id: text("the vendor's id of the order"),
  checkout_id: text("the vendor's id of the checkout"),
  invoice_id: text("the vendor's id of the invoice"),
  invoice_number: text("number on the invoice"),
  invoice_url: text("page of the invoice, where it can be paid"),
  invoice_pdf_url: text("the invoice as a PDF"),
  payment_id: text("the vendor's id of the payment"),
  billing_reason: choice(BILLING_REASONS, "why money is asked for"),
  billing_reason_raw: text("the vendor's own word for that"),
  coupon: text("code or id of the first coupon"),
  coupons: texts("codes or ids of all coupons"),
  affiliation: text("store or channel that sold it"),
  description: text("what it is for, in the vendor's words"),
};

/** A coupon. */
export const COUPON = {
  subscription_id: SUBSCRIPTION_ID.subscription_id,
  order_id: text("the vendor's id of the order"),
  cart_id: text("the vendor's id of the cart"),
  invoice_id: text("the vendor's id of the invoice"),
  checkout_id: text("the vendor's id of the checkout"),
  coupon_id: text("the vendor's id of the coupon"),
  coupon_name: text("name of the coupon"),
  coupon_code: text("the code that the customer entered"),
  ...amount("discount", "the amount off"),
  ...CURRENCY,
  percent_off: number("the discount in per cent"),
  duration: text("how long it applies, in the vendor's words"),
  ends_at: time("time until which it applies"),
  coupons: texts("codes or ids of all coupons"),
};
