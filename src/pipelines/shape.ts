/**
 * Shortens calls that are too large. One maximum length is chosen for the whole call, and longer strings and arrays are cut to it.
 */
import type { Call, Json } from "./calls.ts";
import { ATTRIBUTE_VALUE_BYTES, byteLength, CALL_BYTES } from "./limits.ts";
import { serialise } from "./pack.ts";

/** A call that fits, and the names of shortened properties or traits, at most 20. */
export interface Shaped {
  readonly call: Call;
  readonly cut: readonly string[];
}

type Content = { [key: string]: Json };

/** Names of ids, in both spellings. Ids are not cut: the result would be another id. */
const ID_NAME = /(^id|_id|Id)$/;

/** Steps of the maximum length, bytes. Shorter values are never cut: they are values such as times and currencies, not texts. */
const STEP = 64;

/** Most names that are listed, and most bytes of each. */
const LISTED = 20;
const LISTED_BYTES = 150;

/**
 * Shortens a call to 32,000 bytes, and each trait of a person to the 1,000 bytes that a workspace accepts. Ids are not cut. Events list the
 * shortened properties (`truncated: ["products"]`). Identify calls do not, because the list would become an attribute: see `cut`.
 * @returns `null` if names, ids and short values alone are too large
 */
export function shapeCall(call: Call): Shaped | null {
  const bounded = call.type === "identify" ? boundTraits(call) : { call, cut: [] };
  if (serialise(bounded.call).bytes <= CALL_BYTES) return bounded;

  let fitting = shapeTo(bounded.call, STEP);
  let low = 1;
  let high = fitting === null ? low : CALL_BYTES / STEP;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const attempt = shapeTo(bounded.call, middle * STEP);
    if (attempt === null) {
      high = middle - 1;
    } else {
      fitting = attempt;
      low = middle;
    }
  }
  return fitting && { call: fitting.call, cut: listed([...new Set([...bounded.cut, ...fitting.cut])]) };
}

/** One value over the limit makes the workspace refuse the whole identify call, so a value that cannot be shortened is left out. */
function boundTraits(call: Call & { type: "identify" }): Shaped {
  const traits: [string, Json][] = [];
  const cut: string[] = [];
  for (const [name, value] of Object.entries(call.traits ?? {})) {
    const part = ID_NAME.test(name) ? { value } : shorten(value, ATTRIBUTE_VALUE_BYTES, ATTRIBUTE_VALUE_BYTES);
    if (part !== null) traits.push([name, part.value]);
    if (part?.value !== value) cut.push(name);
  }
  return cut.length === 0 ? { call, cut } : { call: withContent(call, Object.fromEntries(traits)), cut: listed(cut) };
}

/** Cuts everything to at most `most` bytes; `null` if the call is still too large. */
function shapeTo(call: Call, most: number): Shaped | null {
  const content = ("properties" in call ? call.properties : "traits" in call ? call.traits : undefined) ?? {};
  const room = CALL_BYTES - byteLength(JSON.stringify(withContent(call, {}))) + 2;
  const part = shortenObject(content, most, room);
  if (part === null) return null;
  const cut = listed(Object.keys(content).filter((name) => part.value[name] !== content[name]));
  const lists = call.type === "track" || call.type === "page" || call.type === "screen";
  const shaped = withContent(call, lists ? { ...part.value, truncated: cut } : part.value);
  return byteLength(JSON.stringify(shaped)) <= CALL_BYTES ? { call: shaped, cut } : null;
}

function withContent(call: Call, content: Content): Call {
  switch (call.type) {
    case "identify":
    case "group":
      return { ...call, traits: content };
    case "track":
    case "page":
    case "screen":
      return { ...call, properties: content };
    case "alias":
      return call;
  }
}

function listed(names: readonly string[]): string[] {
  return names.slice(0, LISTED).map((name) => shortenText(name, LISTED_BYTES).value);
}

interface Part<Value extends Json> {
  /** The same object if nothing was shortened. */
  readonly value: Value;
  /** Bytes of its JSON text. */
  readonly bytes: number;
}

/** Cuts strings and arrays to at most `most` bytes; `null` if the result is larger than `room`. */
function shorten(value: Json, most: number, room: number): Part<Json> | null {
  const part = shortenValue(value, most, room);
  return part !== null && part.bytes <= room ? part : null;
}

function shortenValue(value: Json, most: number, room: number): Part<Json> | null {
  if (typeof value === "string") return shortenText(value, most);
  if (Array.isArray(value)) return shortenArray(value, most);
  if (value !== null && typeof value === "object") return shortenObject(value, most, room);
  return { value, bytes: JSON.stringify(value).length };
}

function shortenArray(value: Json[], most: number): Part<Json[]> {
  const kept: Json[] = [];
  let bytes = 2;
  for (const element of value) {
    const comma = kept.length > 0 ? 1 : 0;
    const part = shorten(element, most, most - bytes - comma);
    if (part === null) break;
    kept.push(part.value);
    bytes += comma + part.bytes;
  }
  const whole = kept.length === value.length && kept.every((element, index) => element === value[index]);
  return { value: whole ? value : kept, bytes };
}

function shortenObject(value: Content, most: number, room: number): Part<Content> | null {
  const entries: [string, Json][] = [];
  let whole = true;
  let bytes = 2;
  for (const [name, part] of Object.entries(value)) {
    bytes += byteLength(JSON.stringify(name)) + (entries.length > 0 ? 2 : 1);
    const shortened = ID_NAME.test(name)
      ? { value: part, bytes: byteLength(JSON.stringify(part)) }
      : shorten(part, most, room - bytes);
    if (shortened === null) return null;
    bytes += shortened.bytes;
    if (bytes > room) return null;
    entries.push([name, shortened.value]);
    whole &&= shortened.value === part;
  }
  return { value: whole ? value : Object.fromEntries(entries), bytes };
}

/** Cuts a text to whole characters so that its JSON has at most `most` bytes. */
function shortenText(value: string, most: number): Part<string> {
  let bytes = 2;
  let end = 0;
  for (const character of value) {
    const width = widthOf(character);
    if (bytes + width > most) return { value: value.slice(0, end), bytes };
    bytes += width;
    end += character.length;
  }
  return { value, bytes };
}

/** Bytes of a character in JSON text. */
function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return "\b\f\n\r\t".includes(character) ? 2 : 6;
  if (code < 0x80) return character === '"' || character === "\\" ? 2 : 1;
  if (code < 0x800) return 2;
  // A surrogate without its other half is escaped.
  if (code >= 0xd800 && code <= 0xdfff) return 6;
  return code < 0x10000 ? 3 : 4;
}
