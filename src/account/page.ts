/**
 * Lists that are answered page by page.
 */
import * as z from "zod";

/** A whole number as a path or a query holds it: digits alone. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** The cursor of the page behind this one, of things with numbers; `null` if this one is not full. */
export function nextOf(page: readonly { readonly number: number }[], most: number): string | null {
  const last = page.at(-1);
  return page.length < most || last === undefined ? null : String(last.number);
}
