/**
 * The settings of the sandbox, from the variables of its Worker.
 */
import * as z from "zod";
import type { Region } from "../config/model.ts";

const known = z.strictObject({ us: z.array(z.string().min(1)).default([]), eu: z.array(z.string().min(1)).default([]) });

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});

/** Which identifiers a workspace uses for people. */
export const identifiers = z.enum(["email_and_id", "id", "email"]);

/** The schema of the variables. */
export const settings = z.object({
  SANDBOX_KEYS: z.union([known, json.pipe(known)]).optional(),
  SANDBOX_IDENTIFIERS: identifiers.default("email_and_id"),
  /** `1` writes a line about each request to the Pipelines API. */
  SANDBOX_LOG: z.enum(["0", "1"]).default("0"),
});

/** Whether a key is valid in a region. */
export function isKnownKey(keys: z.output<typeof settings>["SANDBOX_KEYS"], region: Region, key: string): boolean {
  return keys ? keys[region].includes(key) : key !== "" && !key.startsWith("invalid");
}
