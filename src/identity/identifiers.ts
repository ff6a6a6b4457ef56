/**
 * Which texts can identify a person, in normal form.
 */

/** Customer.io's limit for an identifier. @see https://docs.customer.io/journeys/identifying-people */
const LONGEST_IDENTIFIER = 150;

/** Placeholders that vendors and careless code write instead of an id. */
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

/** Some systems change control characters and lone surrogates, so two ids could become one. They are refused. */
function fits(identifier: string): boolean {
  const isPlain = identifier.isWellFormed() && !/\p{Cc}/u.test(identifier);
  return isPlain && encoder.encode(identifier).byteLength <= LONGEST_IDENTIFIER;
}

/**
 * The company's own user id, as text; `null` for values that cannot be one: placeholders, ids with "@" (Customer.io reads them as e-mail
 * addresses), `cio_…` (Customer.io's own ids), and ids over 150 bytes.
 */
export function userIdOf(value: unknown): string | null {
  if (typeof value !== "string" && !Number.isSafeInteger(value)) return null;
  const id = String(value).trim();
  const refused = id === "" || PLACEHOLDERS.has(id.toLowerCase()) || id.toLowerCase().startsWith("cio_") || id.includes("@");
  return refused || !fits(id) ? null : id;
}

/** An e-mail address in lower case, as Customer.io compares them; `null` if the text is not an address. */
export function emailOf(value: string | undefined): string | null {
  const address = value?.trim().toLowerCase() ?? "";
  return EMAIL.test(address) && fits(address) ? address : null;
}

/** The anonymous id of an unknown person. It depends only on the vendor's id, so every retry makes the same one; `null` if it is too long. */
export function anonymousIdOf(source: string, kind: string, id: string): string | null {
  const anonymousId = `${source}:${kind}:${id}`;
  return fits(anonymousId) ? anonymousId : null;
}

/** The book's key of a user id. No source has such keys, because the name of a source is never empty. */
export function userKeyOf(userId: string): string {
  return `:user:${userId}`;
}
