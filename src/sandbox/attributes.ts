/**
 * Attributes of people and objects, as Customer.io derives them from traits.
 */
import { isObject, type JsonObject } from "./calls.ts";

/**
 * Limits of a profile: bytes, and attributes. The Pipelines API does not report violations.
 * @see https://docs.customer.io/integrations/api/track/
 */
export const LONGEST_ID = 150;
export const LONGEST_EVENT_NAME = 100;
const LONGEST_NAME = 150;
const LONGEST_VALUE = 1000;
const MOST_ATTRIBUTES = 300;

/** Depth to which dates are searched. */
const DEEPEST = 32;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** `cio_subscription_preferences.<path>` sets a part of this attribute instead of replacing it. */
const PREFERENCES = "cio_subscription_preferences";

/** Attributes by name, and when each was set, milliseconds since 1970. */
export interface Attributes {
  readonly values: Map<string, unknown>;
  readonly statedAt: Map<string, number>;
}

/** No attributes yet. */
export function noAttributes(): Attributes {
  return { values: new Map(), statedAt: new Map() };
}

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Traits without the named ones. `createdAt` becomes `created_at`, as in Customer.io. */
export function traitsWithout(traits: JsonObject, names: readonly string[]): Map<string, unknown> {
  const kept = new Map(Object.entries(traits).filter(([name]) => !names.includes(name) && name !== "createdAt"));
  const createdAt = traits.created_at ?? traits.createdAt;
  return createdAt === undefined ? kept : kept.set("created_at", createdAt);
}

/**
 * Adds and updates attributes; `null` removes one. A missing trait removes nothing, and an older value does not overwrite a newer one.
 * @param at when the values were set, milliseconds since 1970
 * @returns one text for each attribute that exceeds a limit
 */
export function setAttributes(attributes: Attributes, traits: ReadonlyMap<string, unknown>, at: number): readonly string[] {
  return [...traits].flatMap(([name, value]) => {
    const problem = problemOf(attributes, name, value);
    if (problem) return [problem];
    if (at < Math.max(attributes.statedAt.get(name) ?? -Infinity, attributes.statedAt.get(rootOf(name)) ?? -Infinity)) return [];
    attributes.statedAt.set(name, at);
    if (value === null && rootOf(name) === name) attributes.values.delete(name);
    else attributes.values.set(rootOf(name), toStored(attributes, name, value));
    return [];
  });
}

/** The attributes as JSON. */
export function attributesAsJson(attributes: Attributes): JsonObject {
  return Object.fromEntries(attributes.values);
}

function rootOf(name: string): string {
  return name.startsWith(`${PREFERENCES}.`) ? PREFERENCES : name;
}

function toStored(attributes: Attributes, name: string, value: unknown): unknown {
  if (name === "unsubscribed") return isTrue(typeof value === "string" ? value.toLowerCase() : value);
  const root = rootOf(name);
  if (root === name) return datesToSeconds(value, 0);
  return withPath(attributes.values.get(root), name.slice(root.length + 1).split("."), value);
}

/** Any other value means subscribed. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "1" || value === "true";
}

function withPath(base: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const entries = new Map(Object.entries(isObject(base) ? base : {}));
  return Object.fromEntries(entries.set(first, withPath(entries.get(first), rest, value)));
}

/** Text that looks like a date becomes Unix seconds, in objects too but not in arrays. */
function datesToSeconds(value: unknown, depth: number): unknown {
  if (typeof value === "string" && ISO_DATE.test(value)) {
    const milliseconds = Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(value) || value.length === 10 ? value : `${value}Z`);
    return Number.isNaN(milliseconds) ? value : Math.floor(milliseconds / 1000);
  }
  if (!isObject(value) || depth === DEEPEST) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, datesToSeconds(inner, depth + 1)]));
}

function problemOf(attributes: Attributes, name: string, value: unknown): string | null {
  if (byteLength(name) > LONGEST_NAME) return `attribute name of more than ${LONGEST_NAME} bytes`;
  if (typeof value === "string" && byteLength(value) > LONGEST_VALUE)
    return `attribute ${name}: more than ${LONGEST_VALUE} bytes`;
  if (!attributes.values.has(rootOf(name)) && attributes.values.size >= MOST_ATTRIBUTES) {
    return `attribute ${name}: more than ${MOST_ATTRIBUTES} attributes`;
  }
  return null;
}
