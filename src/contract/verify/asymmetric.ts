/**
 * Verifies signatures made with a private key: RSA, ECDSA, Ed25519.
 */
import type { KeyObject } from "node:crypto";
import type { BodyFormat } from "../formats.ts";
import { readCertificate } from "./certificate.ts";
import { demoPublicKey, demoPublicKeyBytes } from "./demo-keys.ts";
import { demoPrivateKeyBytes } from "./demo-private-keys.ts";
import { decode } from "./encoding.ts";
import { keyMemory, tooShort } from "./keys.ts";
import { type Place, textAt } from "./message.ts";
import { importPublicKey, isKeyFor, isSignedBy, type PublicKeyAlgorithm, signWith, unusablePublicKey } from "./public-keys.ts";
import { type SigningMethod, type SigningScheme, signing } from "./signing.ts";
import type { Verifier } from "./verifier.ts";

/** How a vendor signs with a private key. The source's secret is the public key, unless a certificate contains it. */
export type AsymmetricScheme = SigningScheme & {
  /** ES256 signatures are DER, as vendors send them. */
  readonly algorithm: PublicKeyAlgorithm;
} & (
    | {
        /** Encoding of the public key: raw bytes for Ed25519, SubjectPublicKeyInfo (the middle of a PEM, on one line) for the others. */
        readonly key: "hex" | "base64";
      }
    | { readonly certificate: CertificatePlace }
  );

/** A certificate whose address the request names and that the core fetches. The source's secret then ties the message to the source. */
export interface CertificatePlace {
  /** Where the request holds the certificate's address. */
  readonly url: Place;
  /** The only hosts allowed. */
  readonly hosts: readonly string[];
  /** Matches the whole path; anchored. */
  readonly path: RegExp;
  /** Matches the whole common name of the subject; anchored. */
  readonly commonName?: RegExp;
  /** The adapter's `secret.demo`. With this secret only, the demo key replaces every certificate. */
  readonly demo: string;
}

/**
 * A signature that only the vendor can make.
 * @throws TypeError if the scheme contradicts itself, or its path is not anchored
 */
export function asymmetric(scheme: AsymmetricScheme): Verifier {
  const { algorithm } = scheme;
  const isElliptic = algorithm === "ES256";
  const method = "key" in scheme ? givenKey(algorithm, scheme.key) : certifiedKey(algorithm, scheme.certificate, scheme.format);
  return signing<KeyObject>(scheme, {
    ...method,
    name: "asymmetric",
    isSignature: ({ length }) =>
      algorithm === "Ed25519" ? length === 64 : isElliptic ? length >= 8 && length <= 72 : length >= 256,
    mostSignatures: MOST_SIGNATURES,
    verify: async (key, signatures, message) => {
      for (const signature of signatures) {
        if (await isSignedBy(algorithm, key, signature, message)) return true;
      }
      return false;
    },
    sign: async (secret, message) =>
      secret === method.demoSecret ? signWith(algorithm, demoPrivateKeyBytes(algorithm), message) : null,
  });
}

/** Where the key comes from. */
type KeySource = Pick<SigningMethod<KeyObject>, "demoSecret" | "unusable" | "readsFields" | "refuse" | "keyOf">;

/** Maximum number of signatures tried. Low, because each one is checked over the whole message. */
const MOST_SIGNATURES = 2;

const NO_KEY = { ok: false, refusal: "mismatch" } as const;

function givenKey(algorithm: PublicKeyAlgorithm, encoding: "hex" | "base64"): KeySource {
  const readOnce = keyMemory<KeyObject>();
  return {
    demoSecret: demoPublicKey(algorithm, encoding),
    unusable: (secret) => unusablePublicKey(algorithm, decode(secret, encoding)),
    keyOf: async (secret) => {
      const key = await readOnce(secret, async () => {
        const bytes = decode(secret, encoding);
        return bytes && importPublicKey(algorithm, bytes);
      });
      return key === null ? NO_KEY : { ok: true, key };
    },
  };
}

function certifiedKey(algorithm: PublicKeyAlgorithm, place: CertificatePlace, format: BodyFormat = "json"): KeySource {
  const { url, hosts, path, commonName, demo } = place;
  if (!/^\^[^|]*\$$/.test(path.source)) throw new TypeError("asymmetric: the path needs a pattern from ^ to $, without |");
  const refusalOf = (text: string | null) => {
    if (text === null || text === "") return "missing";
    const address = URL.canParse(text) ? new URL(text) : null;
    const isDeclared = address !== null && hosts.some((host) => text === `https://${host}${address.pathname}`);
    return isDeclared && path.test(address.pathname) ? null : "malformed";
  };
  return {
    demoSecret: demo,
    unusable: tooShort,
    readsFields: "field" in url,
    refuse: (head) => ("header" in url ? refusalOf(head.headers.get(url.header)) : null),
    keyOf: async (secret, request, now, keys) => {
      const address = textAt(request, url, format) ?? "";
      const refusal = refusalOf(address);
      if (refusal !== null) return { ok: false, refusal };
      const found = (key: KeyObject | null) => (key === null ? NO_KEY : ({ ok: true, key } as const));
      if (secret === demo) return found(await importPublicKey(algorithm, demoPublicKeyBytes(algorithm)));
      const text = (await keys?.readNamed(address)) ?? null;
      if (text === null) return { ok: false, refusal: "no_key" };
      const certificate = await readCertificate(text);
      const isGood =
        certificate !== null &&
        certificate.notBefore <= now &&
        now <= certificate.notAfter &&
        isKeyFor(algorithm, certificate.publicKey) &&
        (commonName === undefined || commonName.test(certificate.commonName ?? ""));
      return found(isGood ? certificate.publicKey : null);
    },
  };
}
