/**
 * Reads the body of a POST and verifies its sender. Nothing is read before the head shows that the sender could be genuine, except a small
 * body that can be an unsigned handshake.
 */
import type { Source } from "../config/model.ts";
import type { Refusal, RemoteKeys, RequestHead, SignedRequest, Verdict } from "../contract/verify/verifier.ts";
import { readBody, type Unread } from "./body.ts";
import type { Lease } from "./body-budget.ts";
import { answerUnsigned, HANDSHAKE_LIMIT, handshakesOf } from "./handshakes.ts";
import { type Ending, type PlainOutcome, plain, type Reason } from "./outcomes.ts";
import type { ReceiveTools } from "./receive-tools.ts";
import { declaredLength } from "./request-head.ts";

/** The outcome of a request whose body was not read to its end. */
const UNREAD = { body: "too_large", bodies_in_flight: "busy", aborted: "unreadable", slow: "slow" } as const satisfies Record<
  Unread,
  PlainOutcome
>;

/** A body of a verified sender, or how the request ends without one. */
export type Proven =
  | {
      readonly ok: true;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly nonce: string | null;
      /** The secret that verified it, counted from 1, and how many the source has. */
      readonly verified: readonly [secret: number, of: number];
    }
  | { readonly ok: false; readonly ending: Ending };

/** Reads and verifies the body of a POST. An unsigned handshake is answered on the way. */
export async function prove(
  source: Source,
  head: RequestHead,
  request: Request,
  lease: Lease,
  { now, clock, keys }: ReceiveTools,
): Promise<Proven> {
  const end = (ending: Ending): Proven => ({ ok: false, ending });
  const { configured } = source;
  const handshakes = handshakesOf(source, "POST", "unsigned");
  const promise = configured.verifier.precheck(head, now);
  if (!promise.ok && handshakes.length === 0) return end(plain("unverified", promise.refusal));

  // If the head cannot be genuine, only an unsigned handshake is answered. Any other request is unverified, with no further detail.
  const refuse = (outcome: PlainOutcome, reason?: Reason) =>
    end(promise.ok ? plain(outcome, reason) : plain("unverified", promise.refusal));
  const limit = promise.ok ? configured.bodyLimit : HANDSHAKE_LIMIT;
  if (!/^(identity)?$/i.test(request.headers.get("content-encoding") ?? "")) return refuse("unsupported_encoding");
  const declared = declaredLength(request);
  if (declared > limit) return refuse("too_large", "content_length");
  const { verifier } = configured;
  if (verifier.needsNoBody && handshakes.length === 0) {
    const verdict = await verifier.verify({ ...head, body: new Uint8Array(0) }, source.secrets, now, keys);
    if (!verdict.ok) return end(unproven(verdict.refusal));
  }
  const body = await readBody(request.body, limit, { lease, clock, declared });
  if (!body.ok && body.reason === "bodies_in_flight") return end(plain("busy", body.reason));
  if (!body.ok) return refuse(UNREAD[body.reason], body.reason);
  const { bytes } = body;

  const answer = handshakes.length === 0 ? null : await answerUnsigned(source, head, bytes);
  if (answer !== null) return end({ outcome: "handshake", answer });
  if (!promise.ok) return end(plain("unverified", promise.refusal));
  const signed = { body: bytes, ...head };
  const verdict = await verifier.verify(signed, source.secrets, now, keys);
  if (verdict.ok) {
    lease.prove();
    const { length } = source.secrets;
    const verified = length < 2 ? ([length, length] as const) : await secretOf(source, signed, now, keys);
    return { ok: true, bytes, nonce: verdict.nonce ?? null, verified };
  }
  return end(unproven(verdict.refusal));
}

/** Which of several secrets verifies a request that one of them does. Only during a rotation is there more than one to try. */
async function secretOf(
  { configured, secrets }: Source,
  request: SignedRequest,
  now: number,
  keys: RemoteKeys,
): Promise<readonly [secret: number, of: number]> {
  for (const [index, secret] of secrets.entries())
    if ((await configured.verifier.verify(request, [secret], now, keys)).ok) return [index + 1, secrets.length];
  return [1, secrets.length];
}

/** Without the vendor's public key the request cannot be verified: the vendor must retry. */
function unproven(refusal: Refusal): Ending {
  return plain(refusal === "no_key" ? "busy" : "unverified", refusal);
}

/** Verifies a request whose body is known. */
export async function verify(
  source: Source,
  head: RequestHead,
  body: Uint8Array<ArrayBuffer>,
  { now, keys }: ReceiveTools,
): Promise<Verdict> {
  const { verifier } = source.configured;
  const promise = verifier.precheck(head, now);
  return promise.ok ? verifier.verify({ ...head, body }, source.secrets, now, keys) : promise;
}
