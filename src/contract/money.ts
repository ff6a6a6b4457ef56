/**
 * Money without floating-point division: amounts are moved between minor and major units as decimal text.
 */
import type { Maybe } from "./facts.ts";

/**
 * Digits after the point where they are not two.
 * @see https://www.iso.org/iso-4217-currency-codes.html
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"].map(
    (code): [string, number] => [code, 0],
  ),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code): [string, number] => [code, 3]),
]);

/** An amount in both units. */
export interface Money {
  /** Major units, as destinations expect it: 19.99. */
  readonly amount: number;
  /** Minor units, exact: 1999. */
  readonly minor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** How many digits after the point a currency has; a vendor's own exceptions go first. */
export function exponentOf(currency: string, exceptions: ReadonlyMap<string, number> = new Map()): number {
  const code = currency.toUpperCase();
  return exceptions.get(code) ?? EXPONENTS.get(code) ?? 2;
}

/**
 * Money from a whole number of minor units.
 * @param exceptions a vendor's own number of digits for some currencies
 */
export function fromMinor(minor: number, currency: string, exceptions?: ReadonlyMap<string, number>): Money {
  const exponent = exponentOf(currency, exceptions);
  return { amount: Number(`${minor}e-${exponent}`), minor, currency: currency.toUpperCase() };
}

/** Money from decimal text in major units (`"19.99"`); digits beyond the currency's own are rounded half away from zero. */
export function fromDecimal(decimal: string, currency: string, exceptions?: ReadonlyMap<string, number>): Money {
  const exponent = exponentOf(currency, exceptions);
  const negative = decimal.startsWith("-");
  const magnitude = Math.round(Number(`${negative ? decimal.slice(1) : decimal}e${exponent}`));
  return fromMinor(negative && magnitude !== 0 ? -magnitude : magnitude, currency, exceptions);
}

/**
 * Money as event properties: `{ total: 19.99, total_minor: 1999, currency: "EUR" }`; nothing where there is no amount.
 * @param name the property's name: `total`, `amount`, `refund`
 */
export function moneyProperties(name: string, money: Money | null | undefined): Readonly<Record<string, number | string>> {
  return money ? { [name]: money.amount, [`${name}_minor`]: money.minor, currency: money.currency } : {};
}

/** Minor units as event properties, as `moneyProperties` gives them; nothing where the amount or the currency is missing. */
export function money(name: string, minor: Maybe<number>, currency: Maybe<string>): ReturnType<typeof moneyProperties> {
  return moneyProperties(name, typeof minor === "number" && currency ? fromMinor(minor, currency) : null);
}
