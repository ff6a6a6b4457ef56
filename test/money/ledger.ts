/**
 * The money equation: what comes in stands as `total` on exactly one event, what goes back on exactly one other, so that their difference is what
 * the company kept. Each vendor's file here says which webhooks a sale and its refunds make.
 */
import * as fc from "fast-check";
import type { TrackDraft } from "../../src/contract/drafts.ts";
import { exponentOf } from "../../src/contract/money.ts";
import type { Webhook } from "../support/changed-fixtures.ts";

export { recorded, type Webhook } from "../support/changed-fixtures.ts";

/** Events whose `total` came in. */
const CAME_IN: ReadonlySet<string> = new Set(["Payment Succeeded", "Order Completed"]);

/** Events whose `total` went back. */
const WENT_BACK: ReadonlySet<string> = new Set(["Payment Refunded", "Order Refunded"]);

/** Money that went back for a sale. All amounts in minor units. */
export interface Refund {
  /** Digits, another for each refund. */
  readonly id: string;
  /** This refund alone. */
  readonly minor: number;
  /** All refunds of the sale before this one, and with it. */
  readonly before: number;
  readonly after: number;
  /** Whether it leaves nothing of the sale. */
  readonly isFull: boolean;
}

/** Something that was sold and paid once, and its refunds. All amounts in minor units of the currency. */
export interface Sale {
  /** Digits, another for each sale: vendors' ids are made of it. */
  readonly id: string;
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** Digits after the point of the currency. */
  readonly digits: number;
  /** What was paid, tax and shipping included; never zero. */
  readonly minor: number;
  /** The part of it that is tax. */
  readonly tax: number;
  readonly refunds: readonly Refund[];
}

/** What a vendor sends about one way to sell. */
export interface Selling {
  /** ISO 4217; by default one with two digits, one with none and, for ways to sell in many, one with three. */
  readonly currencies?: readonly string[];
  /** Whether only the whole can be paid back. */
  readonly refundsAll?: boolean;
  /** Payments that make up the sale; by default one. */
  readonly times?: number;
  /** Refunds of one sale, at most. */
  readonly maxRefunds?: number;
  /** Every webhook that the vendor sends for such a sale and its refunds, also those that tell no money. Events of one id count once where the change
   * made that id; ids that are the fixture's own are taken for different ones. */
  readonly webhooks: (sale: Sale) => readonly Webhook[];
}

/** What a vendor's file says. */
export interface Ledger {
  /** Ways to sell, by title. */
  readonly sales: Readonly<Record<string, Selling>>;
  /** Fixtures in which subtotal, tax and shipping are not the total, and why: a credit paid a part, say. */
  readonly unequal: Readonly<Record<string, string>>;
}

/** Says which webhooks a vendor's sales make. */
export function ledger(given: { readonly sales: Ledger["sales"]; readonly unequal?: Ledger["unequal"] }): Ledger {
  return { unequal: {}, ...given };
}

/** Minor units as decimal text in major units, as many vendors write money: `1999` in EUR is `19.99`. */
export function decimal(minor: number, digits: number): string {
  return (minor / 10 ** digits).toFixed(digits);
}

/** Random sales of one kind. */
export function salesOf({ currencies = ["EUR", "JPY"], refundsAll = false, maxRefunds = 3 }: Selling): fc.Arbitrary<Sale> {
  return fc
    .record({
      id: fc.integer({ min: 100_000, max: 999_999 }).map(String),
      currency: fc.constantFrom(...currencies),
      minor: fc.integer({ min: 100, max: 9_999_999 }),
      taxPercent: fc.integer({ min: 0, max: 25 }),
      // What is left is divided again and again, so that refunds never exceed the sale.
      parts: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: refundsAll ? 1 : maxRefunds }),
    })
    .map(({ id, currency, minor, taxPercent, parts }) => ({
      id,
      currency,
      digits: exponentOf(currency),
      minor,
      tax: Math.round((minor * taxPercent) / 100),
      refunds: refundsOf(id, minor, refundsAll ? parts.map(() => 100) : parts),
    }));
}

function refundsOf(id: string, minor: number, parts: readonly number[]): readonly Refund[] {
  const refunds: Refund[] = [];
  for (const percent of parts) {
    const before = refunds.at(-1)?.after ?? 0;
    const part = Math.ceil(((minor - before) * percent) / 100);
    if (part === 0) break;
    const after = before + part;
    refunds.push({ id: `${id}${refunds.length + 1}`, minor: part, before, after, isFull: after === minor });
  }
  return refunds;
}

/** What events say of money, in minor units by currency. */
export interface Sums {
  readonly cameIn: ReadonlyMap<string, number>;
  readonly wentBack: ReadonlyMap<string, number>;
  /** Events with money that came in. */
  readonly times: number;
}

type Event = Pick<TrackDraft, "event" | "properties">;

/** Adds up what events say of money. */
export function sumsOf(events: readonly Event[]): Sums {
  const cameIn = new Map<string, number>();
  const wentBack = new Map<string, number>();
  let times = 0;
  for (const { event, properties } of events) {
    const sums = CAME_IN.has(event) ? cameIn : WENT_BACK.has(event) ? wentBack : null;
    const { total_minor: minor, currency } = properties;
    if (sums === null || typeof minor !== "number" || typeof currency !== "string") continue;
    if (sums === cameIn) times += 1;
    sums.set(currency, (sums.get(currency) ?? 0) + minor);
  }
  return { cameIn, wentBack, times };
}

/** What is wrong with the money of one event, whatever the vendor: nothing, or one line each. */
export function problemsWithMoney({ event, properties }: Event): readonly string[] {
  const { total, total_minor: minor, total_refunded_minor: all, currency } = properties;
  const isMoney = CAME_IN.has(event) || WENT_BACK.has(event);
  const problems: string[] = [];
  if (!isMoney && (total !== undefined || minor !== undefined)) problems.push("has a total, and is no event of money");
  if (typeof minor === "number" && minor < 0) problems.push("its total is negative");
  if (WENT_BACK.has(event) && typeof minor === "number" && typeof all === "number" && all < minor)
    problems.push("all refunds are less than this one");
  for (const [name, value] of Object.entries(properties)) {
    if (!name.endsWith("_minor") || typeof value !== "number") continue;
    const major = properties[name.slice(0, -"_minor".length)];
    // Vendors have their own digits for a few currencies, so any power of ten will do.
    const fits = typeof major === "number" && [0, 2, 3].some((digits) => Number(`${value}e-${digits}`) === major);
    if (!fits) problems.push(`${name} is not ${name.slice(0, -"_minor".length)} in minor units`);
    if (currency === undefined) problems.push(`${name} has no currency`);
  }
  return problems;
}

/** Whether an event tells a subtotal that, with tax, shipping and tip, is not its total. */
export function isUnequal({ event, properties }: Event): boolean {
  const { subtotal_minor: subtotal, total_minor: total } = properties;
  if (!CAME_IN.has(event) || typeof subtotal !== "number" || typeof total !== "number") return false;
  const more = ["tax_minor", "shipping_minor", "tip_minor"].map((name) => properties[name]);
  return more.reduce<number>((sum, part) => sum + (typeof part === "number" ? part : 0), subtotal) !== total;
}
