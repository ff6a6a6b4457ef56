/**
 * Normalises names and values that a sender chose freely.
 */
import * as z from "zod";
import type { Value } from "./drafts.ts";
import { isoTime, text, unixMilliseconds, unixSeconds } from "./fields.ts";

/** Words that stay lower case inside a name. */
const SMALL: ReadonlySet<string> = new Set(["to", "from", "of", "in", "on", "by", "for", "with", "and", "or"]);

/** Maximum length of an event or property name, characters. */
const LONGEST_NAME = 100;

/** Maximum number of list items passed on. */
const MOST_ITEMS = 20;

const scalar = z.union([text, z.number(), z.boolean()]);

/** In whatever unit: only milliseconds are so many. */
const anyTime = z.union([isoTime, unixMilliseconds.refine((time) => time > "1980"), unixSeconds]);

/**
 * An event name in Title Case: `Order Completed` stays, `user.created` and `userCreated` become User Created, `signup` becomes Signup
 * Received; accents are removed.
 * @returns `null` if the result is not a name: not Latin letters, empty, or too long
 */
export function eventNameOf(given: string): string | null {
  const latin = given.normalize("NFKD").replace(/\p{M}/gu, "").trim();
  if (/[^\p{ASCII}]/u.test(latin.replace(/[^\p{L}]/gu, ""))) return null;
  const spaced = /\s/.test(latin) ? latin : latin.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  const words = spaced.match(/[A-Za-z0-9]+/g) ?? [];
  const titled = words.map((word, index) =>
    SMALL.has(word) && index > 0 && index < words.length - 1 ? word : word.charAt(0).toUpperCase() + word.slice(1),
  );
  const first = /^\d/.test(titled[0] ?? "") ? ["Event"] : [];
  const last = titled.length === 1 ? ["Received"] : [];
  const name = [...first, ...titled, ...last].join(" ");
  return name === "" || name.length > LONGEST_NAME ? null : name;
}

/** A property name in snake_case: `orderId` becomes order_id. `null` if the result is not a name. */
export function propertyNameOf(given: string): string | null {
  const words =
    given
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words.join("_");
  return /^[a-z]/.test(name) && name.length <= LONGEST_NAME ? name : null;
}

/** The value passed on for a property: a string, number or boolean, or the first 20 of a list; under `…_at`, a UTC time. */
export function relayedValue(name: string, value: unknown): Value {
  if (name.endsWith("_at")) return anyTime.safeParse(value).data;
  return Array.isArray(value)
    ? value.slice(0, MOST_ITEMS).flatMap((item) => scalar.safeParse(item).data ?? [])
    : scalar.safeParse(value).data;
}
