/**
 * Which texts may identify a person, and in what spelling.
 */

/** Customer.io's limit for an identifier. @see https://docs.customer.io/journeys/identifying-people */
const LONGEST_IDENTIFIER = 150;

/** Placeholders that vendors and hasty code write where there is no id. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "0",
  "-1",
  "null",
  "undefined",
  "none",
  "nan",
  "nil",
  "false",
  "true",
  "[object object]",
]);

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]{1,62}$/u;

const encoder = new TextEncoder();

/** Control characters and lone surrogates do not come back from every system as they went in: two ids could become one. */
function fits(identifier: string): boolean {
  const isPlain = identifier.isWellFormed() && !/\p{Cc}/u.test(identifier);
  return isPlain && encoder.encode(identifier).byteLength <= LONGEST_IDENTIFIER;
}

/**
 * The company's own user id, as text; `null` for what must never become one: placeholders, e-mail-shaped ids (Customer.io reads them
 * as addresses), `cio_…` (it reads those as its own ids), and ids over 150 bytes.
 */
export function userIdOf(value: unknown): string | null {
  if (typeof value !== "string" && !Number.isSafeInteger(value)) return null;
  const id = String(value).trim();
  const refused = id === "" || PLACEHOLDERS.has(id.toLowerCase()) || id.toLowerCase().startsWith("cio_") || id.includes("@");
  return refused || !fits(id) ? null : id;
}

/** An e-mail address in lower case (Customer.io compares them so); `null` when it is none. */
export function emailOf(value: string | undefined): string | null {
  const address = value?.trim().toLowerCase() ?? "";
  return EMAIL.test(address) && fits(address) ? address : null;
}

/** The id of a person who is not known yet: made of the vendor's id alone, so that every retry makes the same one. */
export function anonymousIdOf(source: string, kind: string, id: string): string | null {
  const anonymousId = `${source}:${kind}:${id}`;
  return fits(anonymousId) ? anonymousId : null;
}

/** The key that the book has a user id under: an id of no source, since a source's name is never empty. */
export function userKeyOf(userId: string): string {
  return `:user:${userId}`;
}
