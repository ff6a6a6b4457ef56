/**
 * Keeps what must be known of a verified request, and turns the answer of the account's object into an ending.
 */
import type { Proof } from "../account/rpc.ts";
import type { Account, Source } from "../config/model.ts";
import { homeOf } from "../config/shards.ts";
import { encode } from "../contract/verify/encoding.ts";
import { type AcceptResult, accept } from "./accept.ts";
import { type Ending, plain } from "./outcomes.ts";
import type { ReceiveTools } from "./receive-tools.ts";

const NO_BODY = new Uint8Array(0);

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
  const result = await accept(() => accountObject(homeOf(account, source.name)), {
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
