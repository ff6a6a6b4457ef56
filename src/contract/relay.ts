/**
 * Normalises names and values that a sender chose freely.
 */
import * as z from "zod";
import { cutToBytes } from "./cut.ts";
import type { Value } from "./drafts.ts";
import { isoTime, text, unixMilliseconds, unixSeconds } from "./fields.ts";
import { utf8Bytes } from "./verify/encoding.ts";

/** Words that stay lower case inside a name. */
const SMALL: ReadonlySet<string> = new Set(["to", "from", "of", "in", "on", "by", "for", "with", "and", "or"]);

/**
 * Maximum length of an event or property name, bytes. Customer.io takes event names of this length, and names of traits of 150 with the source's name
 * before them.
 */
const LONGEST_NAME = 100;

/** Maximum number of list items, and of an object's fields, passed on; deepest nesting. */
const MOST_ITEMS = 20;
const MOST_FIELDS = 50;
const DEEPEST = 4;

const scalar = z.union([text, z.number(), z.boolean()]);

/** In whatever unit: only milliseconds are so many. */
const anyTime = z.union([isoTime, unixMilliseconds.refine((time) => time > "1980"), unixSeconds]);

/**
 * An event's name from what its sender calls it, in any script. A name that was written to be read, with spaces, stays as it is:
 * `Order Completed`, `Bestellung bestätigt`. A word of machines becomes Title Case: `user.created` and `userCreated` become User Created, `signup`
 * becomes Signup Received.
 * @returns `null` if the result is not a name: without letters, or too long
 */
export function eventNameOf(given: string): string | null {
  const name = given
    .normalize("NFC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();
  const relayed = name.includes(" ") ? name : titleCase(name);
  return /\p{L}/u.test(relayed) && isShort(relayed) ? relayed : null;
}

function titleCase(name: string): string {
  const words = name.replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const titled = words.map((word, index) =>
    SMALL.has(word) && index > 0 && index < words.length - 1 ? word : word.charAt(0).toUpperCase() + word.slice(1),
  );
  const [only = ""] = titled;
  if (titled.length === 1 && /^[A-Z][A-Za-z0-9]*$/.test(only)) return `${only} Received`;
  return /^\d/.test(only) ? `Event ${titled.join(" ")}` : titled.join(" ");
}

/**
 * A name exactly as its sender wrote it, in any script: only what is not valid Unicode is replaced.
 * @returns `null` if it is no name: empty, too long, or one with a meaning in JavaScript
 */
export function nameAsSent(given: string): string | null {
  const name = text.parse(given);
  return name.trim() !== "" && name !== "__proto__" && isShort(name) ? name : null;
}

function isShort(name: string): boolean {
  return utf8Bytes(name).byteLength <= LONGEST_NAME;
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

/** The value passed on for a property of the operator's naming: as `valueAsSent`; under `…_at`, a UTC time. */
export function relayedValue(name: string, value: unknown): Value {
  return name.endsWith("_at") ? anyTime.safeParse(value).data : valueAsSent(value);
}

/**
 * A value as its sender wrote it: a text, number or truth value, the first 20 of a list, and the first 50 fields of an object under the names that
 * their sender gave them.
 */
export function valueAsSent(value: unknown): Value {
  return valueIn(value, DEEPEST);
}

function valueIn(value: unknown, levels: number): Value {
  if (typeof value !== "object" || value === null) return scalar.safeParse(value).data;
  if (levels === 0) return undefined;
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).flatMap((item) => valueIn(item, levels - 1) ?? []);
    return items.length === 0 && value.length > 0 ? undefined : items;
  }
  const fields = Object.entries(value)
    .slice(0, MOST_FIELDS)
    .flatMap(([field, inner]): [string, Value][] => {
      const kept = valueIn(inner, levels - 1);
      return kept === undefined ? [] : [[cutToBytes(text.parse(field), LONGEST_NAME), kept]];
    });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
