/**
 * Money without floating-point division: amounts are converted between minor and major units as decimal text.
 */
import type { Maybe } from "./facts.ts";

/**
 * Decimal places of currencies that do not have two.
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

/** The number of decimal places of a currency; a vendor's exceptions take precedence. */
export function exponentOf(currency: string, exceptions: ReadonlyMap<string, number> = new Map()): number {
  const code = currency.toUpperCase();
  return exceptions.get(code) ?? EXPONENTS.get(code) ?? 2;
}

/**
 * Money from an integer number of minor units.
 * @param exceptions decimal places of currencies that the vendor treats differently
 */
export function fromMinor(minor: number, currency: string, exceptions?: ReadonlyMap<string, number>): Money {
  const exponent = exponentOf(currency, exceptions);
  return { amount: Number(`${minor}e-${exponent}`), minor, currency: currency.toUpperCase() };
}

/** Money from decimal text in major units (`"19.99"`); rounds half away from zero to the currency's decimal places. */
export function fromDecimal(decimal: string, currency: string, exceptions?: ReadonlyMap<string, number>): Money {
  const exponent = exponentOf(currency, exceptions);
  const negative = decimal.startsWith("-");
  const magnitude = Math.round(Number(`${negative ? decimal.slice(1) : decimal}e${exponent}`));
  return fromMinor(negative && magnitude !== 0 ? -magnitude : magnitude, currency, exceptions);
}

/**
 * Money as event properties: `{ total: 19.99, total_minor: 1999, currency: "EUR" }`; empty if there is no amount.
 * @param name the property's name: `total`, `amount`, `refund`
 */
export function moneyProperties(name: string, money: Money | null | undefined): Readonly<Record<string, number | string>> {
  return money ? { [name]: money.amount, [`${name}_minor`]: money.minor, currency: money.currency } : {};
}

/** `moneyProperties` of an amount in minor units; empty if the amount or the currency is missing. */
export function money(name: string, minor: Maybe<number>, currency: Maybe<string>): ReturnType<typeof moneyProperties> {
  return moneyProperties(name, typeof minor === "number" && currency ? fromMinor(minor, currency) : null);
}
