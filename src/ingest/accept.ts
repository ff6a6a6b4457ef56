/**
 * Asks an account's object to keep one webhook.
 */
import type { AcceptAnswer, AcceptRequest, AccountMethods } from "../account/rpc.ts";

/** The answer of the account's object, or why there is none. */
export type AcceptResult = AcceptAnswer | { readonly kind: "failed"; readonly reason: "overloaded" | "rejected" };

/** Asks the account's object, and once more if the platform says that a retry can help. The dedupe store recognises a webhook that was kept already. */
export async function accept(accountObject: () => AccountMethods, request: AcceptRequest): Promise<AcceptResult> {
  try {
    return await accountObject().accept(request);
  } catch (error) {
    if (says(error, "overloaded")) return { kind: "failed", reason: "overloaded" };
    if (!says(error, "retryable")) return { kind: "failed", reason: "rejected" };
  }
  try {
    return await accountObject().accept(request);
  } catch {
    return { kind: "failed", reason: "rejected" };
  }
}

/**
 * What the platform says about a failed call of an object.
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export function says(error: unknown, property: "retryable" | "overloaded"): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, property) === true;
}
