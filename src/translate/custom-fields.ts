/**
 * The option `custom_fields`: which of the company's own fields at a vendor are sent, as `custom_<name>`.
 */
import type { SourceOptions } from "../config/model.ts";
import { cutToBytes } from "../contract/cut.ts";
import type { CustomField, Draft, Properties, Value } from "../contract/drafts.ts";
import { utf8Bytes } from "../contract/verify/encoding.ts";

/** Most fields of one draft; longest name and longest value, bytes. */
const MOST = 50;
const LONGEST_NAME = 90;
const LONGEST_VALUE = 1000;

/** The path that is sent where the option is not set: a company writes tags to be read by others. */
const TAGS = "tags";

/** Words in the name of a field that may hold a secret. */
const SECRETS = new Set(
  "secret password passwd passphrase pwd token jwt bearer credential credentials apikey auth authorization cookie session otp pin ssn cvv cvc iban".split(
    " ",
  ),
);
const SECRET_PAIRS =
  /(^|_)((api|private|access|secret|signing|encryption|license)_keys?|card_number|account_number|social_security)(_|$)/;

/** A draft with the fields that a source sends. An event gets properties, an identify traits; others have none. */
export function withCustomFields(draft: Draft, option: SourceOptions["customFields"]): Draft {
  if (draft.kind !== "track" && draft.kind !== "identify") return draft;
  if (draft.custom === undefined) return draft;
  const { custom, ...rest } = draft;
  if (custom.length === 0) return rest;
  const sent = customProperties(custom, option);
  return rest.kind === "track"
    ? { ...rest, properties: { ...rest.properties, ...sent } }
    : { ...rest, traits: { ...rest.traits, ...sent } };
}

/** The first 50 fields that the option names and that hold no secret by their names; of two of one name the first. */
export function customProperties(custom: readonly CustomField[], option: SourceOptions["customFields"]): Properties {
  const sent = new Map<string, Value>();
  for (const { path, name, value } of custom) {
    const key = keyOf(name);
    if (key === null || sent.has(key) || sent.size >= MOST || !isNamed(path, option) || isSecret(`${keyOf(path)}_${key}`))
      continue;
    const bounded = boundedValue(value);
    if (bounded !== undefined) sent.set(key, bounded);
  }
  return Object.fromEntries(Array.from(sent, ([key, value]) => [`custom_${key}`, value]));
}

function isNamed(path: string, option: SourceOptions["customFields"]): boolean {
  if (option === "all") return true;
  if (option === null) return path === TAGS;
  return option.some((wanted) => (wanted.endsWith(".*") ? path.startsWith(wanted.slice(0, -1)) : path === wanted));
}

/** A name in snake_case, in any script; `null` where it has neither letters nor digits. */
function keyOf(name: string): string | null {
  const key = name
    .normalize("NFKC")
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return key === "" ? null : cutToBytes(key, LONGEST_NAME).replace(/_+$/, "");
}

function isSecret(key: string): boolean {
  return SECRET_PAIRS.test(key) || key.split("_").some((word) => SECRETS.has(word));
}

/** A text cut to whole characters, a list to whole items. */
function boundedValue(value: Value): Value {
  if (typeof value === "string") return cutToBytes(value, LONGEST_VALUE);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (!isList(value)) return undefined;
  const items: Value[] = [];
  let bytes = 2;
  for (const item of value) {
    if (typeof item === "object" || item === undefined) continue;
    bytes += utf8Bytes(JSON.stringify(item)).byteLength + 1;
    if (bytes > LONGEST_VALUE) break;
    items.push(item);
  }
  return items.length === 0 ? undefined : items;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
