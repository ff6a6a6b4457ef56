/**
 * The company's own fields at a vendor, as candidates: which of them are sent is up to the source's option `custom_fields`.
 */
import type { CustomField, Draft, Value } from "../contract/drafts.ts";
import type { Maybe } from "../contract/facts.ts";
import type { Fields } from "./attribution.ts";

/** Most candidates of one event, and deepest nesting. */
const MOST = 200;
const DEEPEST = 3;

/**
 * The fields of a vendor's record that the company made: `customFields("metadata", s.metadata)`.
 * @param path where the vendor has them, as the option names it
 * @param fields by name, or as a list of `{ name | key | label, value }`; objects within are walked (`metadata.address.city`)
 */
export function customFields(path: string, fields: Maybe<Fields>): readonly CustomField[] {
  return (fields ? fieldsIn(path, fields, DEEPEST) : []).slice(0, MOST);
}

/** Tags and other lists of plain texts: sent as `custom_<name>` even where the option is not set, if the path is `tags`. */
export function customList(path: string, values: Maybe<readonly string[]>): readonly CustomField[] {
  return values && values.length > 0 ? [{ path, name: path.split(".").at(-1) ?? path, value: values }] : [];
}

/** Drafts with candidates: each event and each identify among them takes them. */
export function withCustom(drafts: readonly Draft[], custom: readonly CustomField[]): readonly Draft[] {
  if (custom.length === 0) return drafts;
  return drafts.map((draft) =>
    draft.kind === "track" || draft.kind === "identify" ? { ...draft, custom: [...(draft.custom ?? []), ...custom] } : draft,
  );
}

function fieldsIn(path: string, given: object, levels: number): readonly CustomField[] {
  const entries = Array.isArray(given) ? given.map(namedValue) : Object.entries(given);
  return entries.flatMap((entry): readonly CustomField[] => {
    if (entry === null) return [];
    const [name, value] = entry;
    const place = `${path}.${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return levels === 0 ? [] : fieldsIn(place, value, levels - 1);
    const kept = plainValue(value);
    return kept === undefined ? [] : [{ path: place, name: place.slice(place.indexOf(".") + 1), value: kept }];
  });
}

function namedValue(item: unknown): readonly [string, unknown] | null {
  if (typeof item !== "object" || item === null) return null;
  const fields = new Map(Object.entries(item));
  const name = fields.get("name") ?? fields.get("key") ?? fields.get("label");
  return typeof name === "string" && name !== "" ? [name, fields.get("value")] : null;
}

/** A text, number or truth value, or a list of these. */
function plainValue(value: unknown): Value {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (!Array.isArray(value)) return undefined;
  const items = value.map(plainValue).filter((item) => item !== undefined);
  return items.length === 0 ? undefined : items;
}
