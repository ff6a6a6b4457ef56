/**
 * The closed lists of words in the tracking plan, and how a vendor's word becomes one of them.
 */
import type { Maybe } from "../contract/facts.ts";

/**
 * The status of a subscription. `trialing`: in a trial. `active`: paid. `past_due`: a payment is owed, and it still runs. `paused`.
 * `cancelled`: its end is decided, and it still runs. `expired`: it has ended, whatever the cause.
 */
export const SUBSCRIPTION_STATUSES = ["trialing", "active", "past_due", "paused", "cancelled", "expired"] as const;
/** The status of a subscription. */
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** Units of a billing period. */
export const INTERVALS = ["day", "week", "month", "year"] as const;
/** The unit of a billing period; `interval_count` says how many. */
export type Interval = (typeof INTERVALS)[number];

/** What changed in a subscription. `upgrade` and `downgrade` compare what it costs in a month. */
export const SUBSCRIPTION_CHANGES = ["upgrade", "downgrade", "quantity", "interval", "other"] as const;
/** What changed in a subscription. */
export type SubscriptionChange = (typeof SUBSCRIPTION_CHANGES)[number];

/** Why money was asked for: the first payment, a new period, a change in between, or by hand. */
export const BILLING_REASONS = ["first", "renewal", "change", "manual"] as const;
/** Why money was asked for. */
export type BillingReason = (typeof BILLING_REASONS)[number];

/** Who or what ended a subscription. */
export const CANCELLATION_REASONS = ["customer", "payment_failed", "merchant", "other"] as const;
/** Who or what ended a subscription. */
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

/** How a dispute ended. */
export const DISPUTE_OUTCOMES = ["won", "lost", "withdrawn"] as const;
/** How a dispute ended, for the merchant. */
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];

/** `hard`: the address does not work. `soft`: this message did not arrive. */
export const BOUNCE_TYPES = ["hard", "soft"] as const;
/** The kind of a bounce. */
export type BounceType = (typeof BOUNCE_TYPES)[number];

/** The status of a ticket. `pending`: the customer has to answer. */
export const TICKET_STATUSES = ["new", "open", "pending", "solved", "closed"] as const;
/** The status of a ticket. */
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** Kinds of forms. */
export const FORM_KINDS = ["form", "lead_ad", "routing"] as const;
/** The kind of a form. */
export type FormKind = (typeof FORM_KINDS)[number];

/** The parties of a meeting. */
export const MEETING_PARTIES = ["invitee", "host"] as const;
/** A party of a meeting. */
export type MeetingParty = (typeof MEETING_PARTIES)[number];

/** Names of the id of a click on an advertisement, in query parameters and elsewhere, in the order in which they are looked for. */
export const CLICK_IDS = [
  "gclid",
  "gbraid",
  "wbraid",
  "fbclid",
  "msclkid",
  "ttclid",
  "li_fat_id",
  "twclid",
  "ctwa_clid",
] as const;
/** The advertiser's name for the id of a click. */
export type ClickIdType = (typeof CLICK_IDS)[number];

/**
 * A vendor's word as one of a closed list.
 * @param table the vendor's words, lower case, each with ours
 * @returns `undefined` for a word that the table does not have
 */
export function fold<const Word extends string>(
  given: Maybe<string>,
  table: { readonly [word: string]: Word },
): Word | undefined {
  const word = given?.trim().toLowerCase() ?? "";
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** A billing period. */
export interface Period {
  readonly interval: Interval;
  readonly interval_count: number;
}

const PERIODS: { readonly [word: string]: readonly [Interval, number] } = {
  d: ["day", 1],
  day: ["day", 1],
  daily: ["day", 1],
  w: ["week", 1],
  week: ["week", 1],
  weekly: ["week", 1],
  biweekly: ["week", 2],
  fortnightly: ["week", 2],
  m: ["month", 1],
  month: ["month", 1],
  monthly: ["month", 1],
  bimonthly: ["month", 2],
  quarter: ["month", 3],
  quarterly: ["month", 3],
  biannually: ["month", 6],
  semiannual: ["month", 6],
  halfyearly: ["month", 6],
  y: ["year", 1],
  year: ["year", 1],
  yearly: ["year", 1],
  annual: ["year", 1],
  annually: ["year", 1],
};

/**
 * A billing period from a vendor's unit (`months`, `MONTH`, `yearly`, `quarter`, `every_two_years`) and number of units.
 * @param count 1 where the vendor names none
 * @returns nothing where the unit is unknown; a whole number of 12 months is in years
 */
export function period(unit: Maybe<string>, count?: Maybe<number>): Period | Record<never, never> {
  const word = unit?.toLowerCase().replace(/[^a-z]/g, "") ?? "";
  const [, few = "", rest = word] = /^every(two|three|four|six)?(\w+)$/.exec(word) ?? [];
  const one = PERIODS[rest] ?? PERIODS[rest.replace(/s$/, "")];
  if (!one) return {};
  const units = one[1] * (count ?? 1) * ({ two: 2, three: 3, four: 4, six: 6 }[few] ?? 1);
  return one[0] === "month" && units % 12 === 0
    ? { interval: "year", interval_count: units / 12 }
    : { interval: one[0], interval_count: units };
}
