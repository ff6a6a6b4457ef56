/**
 * Money without errors of floating-point numbers: amounts are converted between minor and major units as decimal text would be.
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
  /** Digits after the point: how minor units become major ones. */
  readonly digits: number;
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
  return inMinor(minor, { currency: currency.toUpperCase(), digits: exponentOf(currency, exceptions) });
}

/** Another number of minor units in the currency of some money. */
export function inMinor(minor: number, { currency, digits }: Pick<Money, "currency" | "digits">): Money {
  // Of two numbers that are exact, a quotient is the nearest number to the right one, as the number in a text is.
  const amount = Number.isSafeInteger(minor) ? minor / 10 ** digits + 0 : Number(`${minor}e-${digits}`);
  return { amount, minor, currency, digits };
}

/** Money from decimal text in major units (`"19.99"`); rounds half away from zero to the currency's decimal places. */
export function fromDecimal(decimal: string, currency: string, exceptions?: ReadonlyMap<string, number>): Money {
  const exponent = exponentOf(currency, exceptions);
  const negative = decimal.startsWith("-");
  const magnitude = Math.round(Number(`${negative ? decimal.slice(1) : decimal}e${exponent}`));
  return fromMinor(negative && magnitude !== 0 ? -magnitude : magnitude, currency, exceptions);
}

/** Money as event properties: the amount in major and in minor units, and its currency. */
export type MoneyProperties<Name extends string> = { readonly [Key in Name | `${Name}_minor`]?: number } & {
  readonly currency?: string;
};

/**
 * Money as event properties: `{ total: 19.99, total_minor: 1999, currency: "EUR" }`; nothing where there is no amount. A price that is no whole
 * number of minor units has no `_minor`.
 * @param name the property's name: `total`, `amount`, `price`
 */
export function moneyProperties<Name extends string>(name: Name, money: Maybe<Money>): MoneyProperties<Name>;
export function moneyProperties(name: string, money: Maybe<Money>): object {
  if (!money) return {};
  // Set one by one: an object written with names that are computed takes several times as long.
  const properties: Record<string, unknown> = {};
  properties[name] = money.amount;
  if (Number.isSafeInteger(money.minor)) properties[`${name}_minor`] = money.minor;
  properties.currency = money.currency;
  return properties;
}

/** Minor units as event properties, as `moneyProperties` gives them; nothing where the amount or the currency is missing. */
export function money<Name extends string>(name: Name, minor: Maybe<number>, currency: Maybe<string>): MoneyProperties<Name> {
  return moneyProperties(name, typeof minor === "number" && currency ? fromMinor(minor, currency) : null);
}
