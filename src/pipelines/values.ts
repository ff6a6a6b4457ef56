/**
 * Converts mapped values to the JSON of the Pipelines API.
 */
import type { Json } from "./calls.ts";
import { DEPTH } from "./limits.ts";

/**
 * Converts a mapper's properties or traits to JSON: well-formed text, finite numbers, times as ISO 8601. Left out are `null` (it would
 * overwrite), `undefined`, NaN, Infinity, functions, values deeper than 20 levels, empty names, and `__proto__`, which JavaScript treats specially.
 */
export function jsonOf(properties: object): Record<string, Json> {
  return isJsonObject(properties, DEPTH) ? properties : objectOf(properties, DEPTH);
}

/** Whether an object is such JSON as it is: nearly all are, and a copy takes longer. */
function isJsonObject(value: object, levels: number): value is Record<string, Json> {
  return isPlain(value) && Object.keys(value).every((name) => isName(name) && isJson(value[name], levels));
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype;
}

function isJson(value: unknown, levels: number): value is Json {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value === "boolean") return true;
  if (typeof value !== "object" || value === null || levels === 0) return false;
  if (!Array.isArray(value)) return isJsonObject(value, levels - 1);
  // A hole is an element too.
  for (const element of value) if (!isJson(element, levels - 1)) return false;
  return true;
}

function isName(name: string): boolean {
  return name !== "" && name !== "__proto__" && name.isWellFormed();
}

/** Converts the traits of an identify to JSON: as `jsonOf`, but a trait that is `null` stays, which removes it. */
export function traitsJsonOf(traits: object): Record<string, Json> {
  const removed = Object.entries(traits).filter(([, value]) => value === null);
  return { ...jsonOf(traits), ...Object.fromEntries(removed) };
}

function objectOf(value: object, levels: number): Record<string, Json> {
  const entries: [string, Json][] = [];
  for (const [key, part] of Object.entries(value)) {
    const name = key.toWellFormed();
    const json = name === "" || name === "__proto__" ? undefined : jsonValueOf(part, levels);
    if (json !== undefined) entries.push([name, json]);
  }
  return Object.fromEntries(entries);
}

function jsonValueOf(value: unknown, levels: number): Json | undefined {
  if (value === null) return undefined;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value.toWellFormed();
  // JSON has no negative zero.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (levels === 0) return undefined;
  if (!Array.isArray(value)) return objectOf(value, levels - 1);
  return value.map((element) => jsonValueOf(element, levels - 1)).filter((element) => element !== undefined);
}
