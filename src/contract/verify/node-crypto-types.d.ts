/**
 * The part of `node:crypto` that the Worker uses, as workerd and Node both have it.
 * In workerd, `verify` accepts no key object with options. Without options it expects DER, which is what we need.
 * @see https://nodejs.org/api/crypto.html
 */
declare module "node:crypto" {
  interface KeyObject {
    readonly asymmetricKeyType?: string;
    readonly asymmetricKeyDetails?: { readonly namedCurve?: string; readonly modulusLength?: number };
    export(options: { readonly type: "spki"; readonly format: "der" }): Uint8Array<ArrayBuffer>;
  }

  /** @throws if the PEM holds no public key */
  function createPublicKey(pem: string): KeyObject;

  function verify(algorithm: string | null, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;

  /** @param key PEM */
  function sign(algorithm: string | null, data: Uint8Array, key: string): Uint8Array;

  class X509Certificate {
    /** @throws if the bytes are not a certificate */
    constructor(der: Uint8Array);
    readonly raw: Uint8Array;
    /** `Nov 23 15:25:53 2026 GMT`. */
    readonly validFrom: string;
    readonly validTo: string;
    readonly publicKey: KeyObject;
    /** Names, as text. */
    readonly issuer: string;
    readonly subject: string;
    /** May it issue certificates? */
    readonly ca: boolean;
    /** Did this key sign it? */
    verify(key: KeyObject): boolean;
    toLegacyObject(): { readonly subject: object };
  }
}
