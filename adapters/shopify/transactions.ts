/**
 * Transactions of Shopify's refunds: the money that went back.
 */
import * as z from "zod";
import type { Money } from "../../src/contract/adapter.ts";
import { decisive, each, maybe, text } from "../../src/contract/adapter.ts";
import { moneyOf, sumOf } from "./lines.ts";

/** The transactions of a refund. Each is in the currency that the buyer paid in. */
export const transactions = z.array(
  z.object({ ...each(decisive(text), "kind", "status"), amount: maybe.decimal, currency: maybe.currency }),
);

type Transactions = z.output<typeof transactions>;

/** Whether any of them paid something back. */
export function isPaidBack(given: Transactions): boolean {
  return refundsIn(given).length > 0;
}

/** What they paid back; `null` where nothing was, or where an amount is missing or in another currency. */
export function paidBack(given: Transactions): Money | null {
  return sumOf(refundsIn(given).map(({ amount, currency }) => moneyOf(amount, currency)));
}

function refundsIn(given: Transactions): Transactions {
  return given.filter(({ kind, status }) => kind === "refund" && status !== "failure" && status !== "error");
}
