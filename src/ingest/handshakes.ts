/**
 * Answering a vendor that asks whether somebody is there.
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

/** Largest body of a handshake that carries no proof, bytes: it is parsed whole. */
export const HANDSHAKE_LIMIT = 4 * 1024;

/** The handshakes of an adapter that this method and this much proof may call for. */
export function handshakesOf(source: Source, method: Handshake["method"], proof: Handshake["proof"]): readonly Handshake[] {
  return source.configured.handshakes.filter((handshake) => handshake.method === method && handshake.proof === proof);
}

/**
 * The first answer that one of these handshakes gives; `null` where the request is none of them.
 * @param body the parsed body; `null` for GET
 */
export async function shakeHands(
  handshakes: readonly Handshake[],
  head: RequestHead,
  body: unknown,
  source: Source,
): Promise<HandshakeAnswer | null> {
  // Every header and query field: what a handshake reads is not what is kept of a webhook, and nothing of it is.
  const input: WebhookInput = { body, headers: Object.fromEntries(head.headers), query: Object.fromEntries(head.query) };
  for (const handshake of handshakes) {
    const answer = await handshake.answer(input, toolsFor(source.secrets));
    if (answer !== null) return answer;
  }
  return null;
}

/** The answer to a POST that carries no proof; `null` where it is no such handshake. */
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

function toolsFor(secrets: readonly string[]): HandshakeTools {
  return {
    isSecret: (text) => isSecret(text, secrets),
    hmac: async (hash, text, encoding, decoding = utf8()) => {
      const key = await hmacKey(hash, decoding, secrets[0] ?? "");
      if (key === null) throw new TypeError("a handshake's secret is no key");
      return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8Bytes(text))), encoding);
    },
  };
}
