/**
 * Gumroad's forms: a field within another is written `name[key]`.
 */

/** What stands in the fields `name[…]`, by the key; a second level is left in it (`tier][name`). */
export function fieldsWithin(form: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([field, value]): [string, string][] =>
      field.startsWith(`${name}[`) && field.endsWith("]") && typeof value === "string"
        ? [[field.slice(name.length + 1, -1), value]]
        : [],
    ),
  );
}
