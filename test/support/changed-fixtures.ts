/**
 * Fixtures with some of their values changed: what a vendor would send in another case.
 */
import type { Fixture } from "../../src/cli/recorded.ts";

/** A fixture of the vendor's, with some of its values changed. */
export interface Webhook {
  readonly fixture: string;
  readonly change: Change;
}

/**
 * New values by path (`data.object.amount_paid`, `items.0.price`) in a body of JSON, or by name in a form. A path that the fixture does not have is
 * an error, since it would be a typing mistake; `+` before a path says that its last name may be new. For other bodies: the new text.
 */
export type Change = Readonly<Record<string, unknown>> | ((text: string) => string);

/** A fixture with some values changed; see `Change`. */
export function recorded(fixture: string, change: Change): Webhook {
  return { fixture, change };
}

/**
 * A fixture with its values changed.
 * @throws Error where the fixture lacks a path
 */
export function changedFixture(fixture: Fixture, change: Change): Fixture {
  if (typeof change === "function") return { ...fixture, text: change(fixture.text) };
  if (fixture.contentType.includes("form")) return { ...fixture, text: changedForm(fixture, change) };
  const body: unknown = JSON.parse(fixture.text);
  const changed = Object.entries(change).reduce((value, [path, now]) => {
    const mayAdd = path.startsWith("+");
    return withValue(value, (mayAdd ? path.slice(1) : path).split("."), now, { title: `${fixture.name}: ${path}`, mayAdd });
  }, body);
  return { ...fixture, text: JSON.stringify(changed) };
}

function changedForm({ name, text }: Fixture, change: Readonly<Record<string, unknown>>): string {
  const form = new URLSearchParams(text);
  for (const [field, value] of Object.entries(change)) {
    if (!form.has(field)) throw new Error(`${name} has no field ${field}`);
    form.set(field, String(value));
  }
  return form.toString();
}

/** A path, for those who read of an error in it, and whether its last name may be new. */
interface Place {
  readonly title: string;
  readonly mayAdd: boolean;
}

function withValue(value: unknown, path: readonly string[], now: unknown, place: Place): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return now;
  const { title, mayAdd } = place;
  const isMissing = typeof value !== "object" || value === null || !(key in value || (mayAdd && rest.length === 0));
  if (isMissing) throw new Error(`${title}: there is no "${key}"`);
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? withValue(one, rest, now, place) : one));
  const known = new Map<string, unknown>(Object.entries(value));
  return { ...value, [key]: withValue(known.get(key), rest, now, place) };
}
