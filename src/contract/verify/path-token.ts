/**
 * Verifies a secret in the path of the webhook's URL.
 */
import { tooShort } from "./keys.ts";
import { sharedSecret } from "./shared-secret.ts";
import type { Verifier } from "./verifier.ts";

/** Minimum length, characters. High, because the path is the only authentication. */
const SHORTEST_TOKEN = 16;

/** Characters that need no encoding in a path. */
const TOKEN = /^[A-Za-z0-9_-]{16,255}$/;

/** A secret at the end of the webhook's URL, for vendors that offer nothing else. */
export function pathToken(): Verifier {
  return sharedSecret({
    sensitive: {},
    usesPathToken: true,
    unusable: (secret) =>
      tooShort(secret, SHORTEST_TOKEN) ?? (TOKEN.test(secret) ? null : "may hold letters, digits, - and _ only, 255 at the most"),
    present: (head) => {
      if (!head.pathToken) return { refusal: "missing" };
      return TOKEN.test(head.pathToken) ? { secret: head.pathToken } : { refusal: "malformed" };
    },
    sign: (request, secret) => ({ ...request, pathToken: secret }),
  });
}
