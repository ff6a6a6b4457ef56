/**
 * Verifies HTTP Basic authentication.
 */
import { decode, encode, utf8Bytes } from "./encoding.ts";
import { tooShort } from "./keys.ts";
import { write } from "./message.ts";
import { sharedSecret } from "./shared-secret.ts";
import type { Verifier } from "./verifier.ts";

/** Maximum length of the header, characters. */
const LONGEST_HEADER = 4096;

/** User and password in the Authorization header (RFC 7617). The secret is `user:password`. */
export function basicAuth(): Verifier {
  return sharedSecret({
    sensitive: { headers: ["authorization"] },
    unusable: (secret) => {
      const [user, ...password] = secret.split(":");
      return user === "" || password.length === 0 ? "is not written as user:password" : tooShort(password.join(":"));
    },
    present: ({ headers }) => {
      const text = headers.get("authorization");
      if (!text) return { refusal: "missing" };
      // Longer than any secret in base64.
      const credentials = text.length > LONGEST_HEADER ? null : decode(/^basic +(\S+)$/i.exec(text)?.[1] ?? "", "base64");
      return credentials === null || credentials.length === 0
        ? { refusal: "malformed" }
        : { secret: new TextDecoder().decode(credentials) };
    },
    sign: (request, secret) =>
      write(request, { header: "authorization" }, `Basic ${encode(utf8Bytes(secret), "base64")}`, "text"),
  });
}
