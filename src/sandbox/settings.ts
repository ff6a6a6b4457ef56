/**
 * How the sandbox is set up, from the variables of its Worker.
 */
import * as z from "zod";
import type { Region } from "../config/model.ts";

const known = z.strictObject({ us: z.array(z.string().min(1)).default([]), eu: z.array(z.string().min(1)).default([]) });

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "is no JSON" });
    return z.NEVER;
  }
});

/** The settings that people of a workspace can be identified by. */
export const identifiers = z.enum(["email_and_id", "id", "email"]);

/** The variables, checked. */
export const settings = z.object({
  SANDBOX_KEYS: z.union([known, json.pipe(known)]).optional(),
  SANDBOX_IDENTIFIERS: identifiers.default("email_and_id"),
});

/** Whether the API of a region takes this key. */
export function isKnownKey(keys: z.output<typeof settings>["SANDBOX_KEYS"], region: Region, key: string): boolean {
  return keys ? keys[region].includes(key) : key !== "" && !key.startsWith("invalid");
}
