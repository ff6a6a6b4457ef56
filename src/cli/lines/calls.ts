/**
 * What calls are called in a line: events by their names, the rest by their types.
 */
import * as z from "zod";
import { jsonOf } from "../json.ts";

const text = z.string().min(1).optional().catch(undefined);

const call = z.looseObject({ type: z.string(), event: text, name: text, groupId: text, previousId: text });

/** @param what the name of an event, of a page or of a group, or the identifier that becomes another; `null` if it has none */
export function callName(type: string, what: string | null): string {
  if (type === "track") return what ?? type;
  return what === null ? type : `${type} ${what}`;
}

/** The name of a call that is JSON text. */
export function nameOfCall(json: string): string {
  const read = call.safeParse(jsonOf(json));
  if (!read.success) return "call";
  const { type, event, name, groupId, previousId } = read.data;
  return callName(type, event ?? name ?? groupId ?? previousId ?? null);
}
