/**
 * Changes values in a webhook's body, as `--set path=value` says.
 */
import type { BodyFormat } from "../contract/formats.ts";

/** A value, and where it goes: names and indexes, outermost first. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** A changed body, or why it cannot be changed. */
export type Changed = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/**
 * Reads `path=value`: `data.object.amount=5`, `items[0].sku=A`. A value that is JSON is taken as such, any other is a text.
 * @returns `null` where it is no such text
 */
export function parseSetting(text: string): Setting | null {
  const [, written = "", given = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const path = written.replace(/\[(\d+)\]/g, ".$1").split(".");
  if (path.some((name) => name === "")) return null;
  return { path, value: jsonOr(given) };
}

/** The body with these values. In a form they are fields; where a field holds JSON, values in it. */
export function withValues(text: string, format: BodyFormat, settings: readonly Setting[]): Changed {
  if (settings.length === 0) return { ok: true, text };
  if (format === "text") return { ok: false, problem: "A text has no values to set." };
  if (format === "form") {
    const form = new URLSearchParams(text);
    for (const { path, value } of settings) form.set(path.join("."), typeof value === "string" ? value : JSON.stringify(value));
    return { ok: true, text: form.toString() };
  }
  if (typeof format === "object") {
    const form = new URLSearchParams(text);
    const inner = withValues(form.get(format.form) ?? "{}", "json", settings);
    if (!inner.ok) return inner;
    form.set(format.form, inner.text);
    return { ok: true, text: form.toString() };
  }
  const lines = format === "json-lines" ? text.split("\n").filter((line) => line.trim() !== "") : [text];
  const changed: string[] = [];
  for (const line of lines) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return { ok: false, problem: "The body is not JSON: no value can be set." };
    }
    for (const setting of settings) {
      const result = replaced(value, setting.path, setting.value);
      if (!result.ok) return { ok: false, problem: `${setting.path.join(".")}: ${result.problem}` };
      value = result.value;
    }
    changed.push(JSON.stringify(value));
  }
  return { ok: true, text: changed.join("\n") };
}

type Replaced = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** The value with another one inside. Objects on the way are made where they are missing. */
function replaced(within: unknown, [name, ...rest]: readonly string[], value: unknown): Replaced {
  if (name === undefined) return { ok: true, value };
  if (Array.isArray(within)) {
    const index = Number(name);
    if (!/^\d+$/.test(name) || index > within.length)
      return { ok: false, problem: `a list of ${within.length} has no place "${name}"` };
    const inner = replaced(within[index], rest, value);
    return inner.ok ? { ok: true, value: within.toSpliced(index, 1, inner.value) } : inner;
  }
  if (typeof within !== "object" && within !== undefined)
    return { ok: false, problem: `what stands before "${name}" is neither an object nor a list` };
  const inner = replaced(within === null || within === undefined ? undefined : valueAt(within, name), rest, value);
  return inner.ok ? { ok: true, value: { ...within, [name]: inner.value } } : inner;
}

function valueAt(within: object, name: string): unknown {
  return Object.hasOwn(within, name) ? Object.entries(within).find(([key]) => key === name)?.[1] : undefined;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
