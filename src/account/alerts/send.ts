/**
 * Sends messages to the operator's webhook. No other file does.
 */
import type { AlertTarget } from "../../config/alert-options.ts";
import type { Account } from "../../config/model.ts";
import { VERSION } from "../../version.ts";
import type { Fetch } from "../people/vendor-api.ts";
import { bodyOf, signatureOf, type Told } from "./message.ts";

/** Time limit of a request, milliseconds. */
const TIMEOUT = 10_000;

/** The status of the answer, or why there was none. */
export type Sent = number | "timeout" | "connection";

/** Sends one message. Never rejects. @param now milliseconds since 1970 */
export async function sendMessage(
  account: Pick<Account, "name" | "region">,
  { url, form, secret }: AlertTarget,
  told: Told,
  fetch: Fetch,
  now: number,
): Promise<Sent> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const body = bodyOf(account, told, form);
  const headers = {
    "content-type": "application/json",
    "user-agent": `tributary/${VERSION}`,
    ...(secret === null ? {} : await signatureOf(secret, told.id, body, now)),
  };
  try {
    // A redirect could lead to a host that nobody declared.
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return signal.aborted ? "timeout" : "connection";
  }
}

/** Whether the operator's webhook has the message. */
export function isTaken(sent: Sent): boolean {
  return typeof sent === "number" && sent >= 200 && sent < 300;
}
