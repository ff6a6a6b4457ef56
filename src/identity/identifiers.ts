/**
 * Which texts can identify a person, in normal form, and the keys under which the book knows people.
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

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{1,62}$/u;

const encoder = new TextEncoder();

/** Some systems change control characters and lone surrogates, so two ids could become one. They are refused. */
function fits(identifier: string): boolean {
  // What nearly all are made of: a byte for each character.
  if (/^[\x20-\x7e]*$/.test(identifier)) return identifier.length <= LONGEST_IDENTIFIER;
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

/**
 * An e-mail address in the form in which all its spellings are equal: NFC, lower case, the domain in ASCII (Customer.io takes another one for
 * an `id`). `null` if the text is not an address.
 */
export function emailOf(value: string | undefined): string | null {
  const text = value?.trim().normalize("NFC").toLowerCase() ?? "";
  const at = text.lastIndexOf("@");
  const domain = asciiDomain(text.slice(at + 1));
  if (at < 1 || domain === null) return null;
  const address = `${text.slice(0, at)}@${domain}`;
  return EMAIL.test(address) && fits(address) ? address : null;
}

function asciiDomain(domain: string): string | null {
  if (/^[a-z\d.-]+$/.test(domain)) return domain;
  // Only letters, marks, digits and separators: nothing that means something else in a URL.
  const url = `http://${domain}/`;
  return /^[\p{L}\p{M}\p{N}.。．-]+$/u.test(domain) && URL.canParse(url) ? new URL(url).hostname : null;
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

/** The book's key of the person that an address identifies. */
export function emailKeyOf(address: string): string {
  return `:email:${address}`;
}

/**
 * The anonymous id of an address that identifies no person: it belongs to several, or the workspace identifies people by user id alone. `null`
 * if it is too long.
 */
export function addressKeyOf(address: string): string | null {
  return anonymousIdOf("", "address", address);
}

/** What a key of the book stands for. */
export type KeyParts =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "email"; readonly address: string }
  | { readonly kind: "anonymous"; readonly anonymousId: string };

/** Reads a key. */
export function partsOf(key: string): KeyParts {
  if (key.startsWith(USER)) return { kind: "user", userId: key.slice(USER.length) };
  if (key.startsWith(EMAIL_KEY)) return { kind: "email", address: key.slice(EMAIL_KEY.length) };
  return { kind: "anonymous", anonymousId: key };
}

const USER = userKeyOf("");
const EMAIL_KEY = emailKeyOf("");
