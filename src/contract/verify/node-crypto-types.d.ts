/**
 * The part of `node:crypto` that the Worker uses, as workerd and Node both have it.
 * In workerd `verify` takes no key object together with options: DER, which is what it takes without them, is all that is needed.
 * @see https://nodejs.org/api/crypto.html
 */
declare module "node:crypto" {
  interface KeyObject {
    readonly asymmetricKeyType?: string;
    readonly asymmetricKeyDetails?: { readonly namedCurve?: string; readonly modulusLength?: number };
    export(options: { readonly type: "spki"; readonly format: "der" }): Uint8Array<ArrayBuffer>;
  }

  /** @throws where the PEM holds no public key */
  function createPublicKey(pem: string): KeyObject;

  function verify(algorithm: string | null, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;

  /** @param key PEM */
  function sign(algorithm: string | null, data: Uint8Array, key: string): Uint8Array;

  class X509Certificate {
    /** @throws where the bytes are no certificate */
    constructor(der: Uint8Array);
    readonly raw: Uint8Array;
    /** `Nov 23 15:25:53 2026 GMT`. */
    readonly validFrom: string;
    readonly validTo: string;
    readonly publicKey: KeyObject;
    toLegacyObject(): { readonly subject: object };
  }
}
