/**
 * Handshakes: a vendor checks that the endpoint exists and knows the secret before it sends webhooks.
 */
import type { Source } from "../config/model.ts";
import { formatOf } from "../contract/formats.ts";
import type { Handshake, HandshakeAnswer, HandshakeTools } from "../contract/handshake.ts";
import { parseUnproven } from "../contract/parse.ts";
import type { WebhookInput } from "../contract/vendor-event.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import { isSecret } from "../contract/verify/equality.ts";
import { hmacKey, utf8 } from "../contract/verify/keys.ts";
import type { RequestHead } from "../contract/verify/verifier.ts";

/** Largest body of an unsigned handshake, bytes. It is small because the body is parsed before its sender is verified. */
export const HANDSHAKE_LIMIT = 4 * 1024;

/** The handshakes of a source that use this method, signed or unsigned. */
export function handshakesOf(source: Source, method: Handshake["method"], proof: Handshake["proof"]): readonly Handshake[] {
  const { handshakes } = source.configured;
  // Few vendors have any.
  return handshakes.length === 0
    ? handshakes
    : handshakes.filter((handshake) => handshake.method === method && handshake.proof === proof);
}

/**
 * The first answer that one of these handshakes gives; `null` if the request is none of them.
 * @param body the parsed body; `null` for GET
 * @param visit opens an address for a signed handshake; by default none
 */
export async function shakeHands(
  handshakes: readonly Handshake[],
  head: RequestHead,
  body: unknown,
  source: Source,
  visit: HandshakeTools["visit"] = async () => false,
): Promise<HandshakeAnswer | null> {
  if (handshakes.length === 0) return null;
  // All headers and query parameters: a handshake is not kept, so the limits of kept webhooks do not apply.
  const input: WebhookInput = { body, headers: Object.fromEntries(head.headers), query: Object.fromEntries(head.query) };
  for (const handshake of handshakes) {
    const answer = await handshake.answer(input, toolsFor(source.secrets, visit));
    if (answer !== null) return answer;
  }
  return null;
}

/** The answer to an unsigned handshake by POST; `null` if the request is not one. */
export async function answerUnsigned(
  source: Source,
  head: RequestHead,
  body: Uint8Array<ArrayBuffer>,
): Promise<HandshakeAnswer | null> {
  if (body.byteLength > HANDSHAKE_LIMIT) return null;
  for (const handshake of handshakesOf(source, "POST", "unsigned")) {
    const parsed = parseUnproven(body, handshake.format ?? formatOf(source.adapter.format, body));
    const answer = parsed.ok ? await shakeHands([handshake], head, parsed.value, source) : null;
    if (answer !== null) return answer;
  }
  return null;
}

function toolsFor(secrets: readonly string[], visit: HandshakeTools["visit"]): HandshakeTools {
  return {
    isSecret: (text) => isSecret(text, secrets),
    visit,
    hmac: async (hash, text, encoding, decoding = utf8()) => {
      const key = await hmacKey(hash, decoding, secrets[0] ?? "");
      if (key === null) throw new TypeError("the secret of a handshake cannot be used as a key");
      return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8Bytes(text))), encoding);
    },
  };
}
