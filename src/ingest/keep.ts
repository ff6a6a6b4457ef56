/**
 * Hands a verified request to the account's object, and turns its answer into an ending.
 */
import type { AcceptAnswer, AcceptRequest, AccountMethods, Proof } from "../account/rpc.ts";
import type { Account, Source } from "../config/model.ts";
import { encode } from "../contract/verify/encoding.ts";
import { type Ending, plain } from "./outcomes.ts";
import type { ReceiveTools } from "./receive-tools.ts";

const NO_BODY = new Uint8Array(0);

/** The answer of the account's object, or why there is none. */
type AcceptResult = AcceptAnswer | { readonly kind: "failed"; readonly reason: "overloaded" | "rejected" };

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
function says(error: unknown, property: "retryable" | "overloaded"): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, property) === true;
}

/** The nonce of a webhook whose signature covers only the nonce, with the hash of its body; `null` if the body itself is signed. */
export async function proofOf(
  { adapter, configured }: Source,
  body: Uint8Array<ArrayBuffer>,
  nonce: string | null,
): Promise<Proof | null> {
  if (configured.verifier.covers !== "nonce" || nonce === null) return null;
  const bodyHash = encode(new Uint8Array(await crypto.subtle.digest("SHA-256", body)), "hex");
  return { vendor: adapter.id, nonce, bodyHash };
}

/** Ends a verified request that is not kept. Its nonce is stored, so that it cannot be used for another body. */
export async function keepNonce(
  ending: Ending,
  proof: Proof | null,
  source: Source,
  account: Account,
  { accountObject, now }: ReceiveTools,
): Promise<Ending> {
  if (proof === null) return ending;
  const result = await accept(() => accountObject(account), {
    ...{ source: source.name, receivedAt: now, format: "text", headers: {}, query: {}, nonce: proof.nonce, body: NO_BODY },
    ...{ proof, events: [], ignored: {}, unreadable: [] },
  });
  return result.kind === "stored" ? ending : refusalOf(result);
}

/** The ending of a request that the account's object did not store. */
export function refusalOf(result: Exclude<AcceptResult, { readonly kind: "stored" }>): Ending {
  const { reason } = result;
  if (result.kind === "failed") return plain(reason === "overloaded" ? "busy" : "store_failed", reason);
  switch (result.reason) {
    case "source_full":
      return plain("full", reason);
    case "removed":
      return plain("unusable", reason);
    case "replayed":
      return plain("unverified", reason);
    default:
      return plain(result.reason, reason);
  }
}
