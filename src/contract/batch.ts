/**
 * Bodies that hold several events. Each item is read as if it were the only one in the body, so an invalid item does not affect the others.
 */

/**
 * The path of a list of events in a body, each list marked by brackets.
 * @example "[]" if the body is the list, "events[]", "entry[].changes[]"
 */
export type BatchPath = string;

/** One item of a batch. */
export interface BatchItem {
  /** The body with only this item. */
  readonly body: unknown;
  /** Its index in the list; in nested lists, both indexes joined by a full stop. */
  readonly place: string;
}

/** The items of a body, or why it cannot be split. */
export type Batch = { readonly ok: true; readonly items: readonly BatchItem[] } | { readonly ok: false; readonly issue: string };

/** Maximum number of items in a body. More than any vendor sends: each item is read together with what surrounds it. */
const MOST_ITEMS = 20_000;

/** Maximum length of what surrounds the items, characters, counted once per item because each is read with it. */
const MOST_AROUND = 50_000_000;

/** Splits a body into its items; a body without the list is one item. */
export function itemsOf(body: unknown, path: BatchPath): Batch {
  const split: Split = { lists: listsOf(path), items: [], around: 0 };
  const issue = take(split, body, 0, "", 0, (whole) => whole);
  return issue === null ? { ok: true, items: split.items } : { ok: false, issue };
}

/** The body with only the items at these places. */
export function onlyItems(body: unknown, path: BatchPath, places: ReadonlySet<string>): unknown {
  return only(body, listsOf(path), [], places);
}

type Keys = readonly string[];

/** The keys from the body to its list, and from each item to its nested list. */
function listsOf(path: BatchPath): readonly Keys[] {
  return path
    .split("[]")
    .slice(0, -1)
    .map((part) => part.split(".").filter((key) => key !== ""));
}

/** A body that is being split. */
interface Split {
  readonly lists: readonly Keys[];
  readonly items: BatchItem[];
  /** Of all items so far. */
  around: number;
}

/**
 * Takes the items of a value.
 * @param depth how many lists it is in
 * @param around the length of what surrounds it, characters
 * @param wrap gives the body with this item in its place
 * @returns why the body cannot be split
 */
function take(
  split: Split,
  value: unknown,
  depth: number,
  place: string,
  around: number,
  wrap: (item: unknown) => unknown,
): string | null {
  const keys = split.lists[depth];
  const list = keys === undefined ? null : listAt(value, keys);
  // Without a nested list, or with an empty one, the value itself is the item.
  if (keys === undefined || list === null || list.length === 0) {
    split.around += around;
    if (split.items.length === MOST_ITEMS) return `the body holds more than ${MOST_ITEMS} events`;
    if (split.around > MOST_AROUND) return "the body is too large around its events";
    split.items.push({ body: wrap(value), place: place || "0" });
    return null;
  }
  const wider = around + (JSON.stringify(withList(value, keys, [])) ?? "").length;
  const inside = (item: unknown): unknown => wrap(withList(value, keys, [item]));
  for (const [index, item] of list.entries()) {
    const issue = take(split, item, depth + 1, place === "" ? `${index}` : `${place}.${index}`, wider, inside);
    if (issue !== null) return issue;
  }
  return null;
}

function only(
  value: unknown,
  [keys, ...deeper]: readonly Keys[],
  before: readonly number[],
  places: ReadonlySet<string>,
): unknown {
  const list = keys === undefined ? null : listAt(value, keys);
  if (keys === undefined || list === null) return value;
  const kept = list.flatMap((item, index): readonly unknown[] => {
    const place = [...before, index];
    const name = place.join(".");
    if (places.has(name)) return [item];
    const isAround = deeper.length > 0 && [...places].some((inner) => inner.startsWith(`${name}.`));
    return isAround ? [only(item, deeper, place, places)] : [];
  });
  return withList(value, keys, kept);
}

function listAt(value: unknown, [key, ...rest]: Keys): readonly unknown[] | null {
  if (key === undefined) return Array.isArray(value) ? value : null;
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isThere ? listAt(Reflect.get(value, key), rest) : null;
}

function withList(value: unknown, [key, ...rest]: Keys, list: readonly unknown[]): unknown {
  if (key === undefined) return list;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? withList(item, rest, list) : item));
  return typeof value === "object" && value !== null ? { ...value, [key]: withList(Reflect.get(value, key), rest, list) } : value;
}
