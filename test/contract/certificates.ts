/**
 * Certificates for tests: one that OpenSSL made, and others put together here, whose own signature is nonsense.
 */

import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";

/** `openssl req -x509 -days 36500 -subj "/C=US/O=Example/CN=signing.example.com"` over the demo's RSA key, on 2026-11-23. */
export const OPENSSL_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDXTCCAkWgAwIBAgIUFUojFXNh3sTbTpFUw+GAIdycrEUwDQYJKoZIhvcNAQEL
BQAwPTELMAkGA1UEBhMCVVMxEDAOBgNVBAoMB0V4YW1wbGUxHDAaBgNVBAMME3Np
Z25pbmcuZXhhbXBsZS5jb20wIBcNMjYxMTIzMTUyNTUzWhgPMjEyNjEwMzAxNTI1
NTNaMD0xCzAJBgNVBAYTAlVTMRAwDgYDVQQKDAdFeGFtcGxlMRwwGgYDVQQDDBNz
aWduaW5nLmV4YW1wbGUuY29tMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC
AQEAoQ6jecnV0cwNsaWSDHQGNd7dKLhhk0mRe/g+N5SpKO9Q/N6pleNl67Bli4j5
f8FfrhPxAZLwQjt3a/oRqy7GVqiHrsAoRxJnOLEygNejnatkoMVvh3/cVTwfSYpt
8xUr17cgngKOvrijVoC5hF6YA3zEp4AQx1mTTDlpi5pPg49QNtd/rLY2J7+br1/v
wxk/4cZvpXWirn+NyTJ/lhD/X6/G/cw1XfYjJYRgpJejO00Pwf323iZYmBOwmCyO
NlHE04571jhyH32MMwhW3ZFyQemAZ47S+4QrZgLfBbOqYMXJm1ieIYdSXl5Bwriw
YXVbXN86xS0s4AEI++UTVfsslwIDAQABo1MwUTAdBgNVHQ4EFgQUL1B8Xnet3fb1
KkrPSUzzjCK1u1kwHwYDVR0jBBgwFoAUL1B8Xnet3fb1KkrPSUzzjCK1u1kwDwYD
VR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAZgpQX0m+s1TGfkRIck6+
9uHchGU+fqS5/MFNW9knOhwZfUO+9dXPSjpT4pQWmS6qmE+8VCbjSDqiw4zDF2za
01J046ib2yFtHRKL2O4U9AWIcCXiuPj8gw03mTJ86dhMUSUPQKmvIF+w/jpRi+yW
dLZdkAykLy2uzUcBY8xgZ+QI0W/BA/O257juP7UmktajhGbriQ1SJqoYowRzQ1Ze
mwc954kXZY8MsLygHCWjI7kB0yK4UxFIfoQB9NFmjpVa8yedNe0PTSRtl9TgTsLH
G5mjsqMvYVbIh0v4vnCZuFOFXJM/ie63eozz9EpxU8LKQUCe+UrjEXFFV31EY/aH
gA==
-----END CERTIFICATE-----
`;

/** DER: a tag, the length, and what the value holds. */
export function der(tag: number, ...contents: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const content = contents.flatMap((part) => [...part]);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...content]);
}

/** What a test says of a certificate. */
interface CertificateInput {
  readonly version?: 1 | 3;
  readonly names?: readonly string[];
  readonly notBefore?: Uint8Array;
  readonly notAfter?: Uint8Array;
  readonly publicKey?: Uint8Array;
}

/** A time of two digits for the year, or four: `YYMMDDHHMMSSZ`. */
export function time(text: string): Uint8Array<ArrayBuffer> {
  return der(text.length === 13 ? 0x17 : 0x18, utf8Bytes(text));
}

/** A certificate, DER, good from 2020 to 2049 unless said otherwise. */
export function certificateOf({
  version = 3,
  names = ["signing.example.com"],
  notBefore = time("200101000000Z"),
  notAfter = time("491231235959Z"),
  publicKey = demoPublicKeyBytes("RS256"),
}: CertificateInput = {}): Uint8Array<ArrayBuffer> {
  const algorithm = der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]), der(0x05));
  const name = (text: string) => der(0x31, der(0x30, der(0x06, [0x55, 0x04, 0x03]), der(0x0c, utf8Bytes(text))));
  const fields = der(
    0x30,
    version === 1 ? [] : der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    algorithm,
    der(0x30, name("an issuer")),
    der(0x30, notBefore, notAfter),
    der(0x30, ...names.map(name)),
    publicKey,
  );
  return der(0x30, fields, algorithm, der(0x03, [0, 0]));
}

/**
 * A signature of ES256 in every other spelling of its two numbers, and in none: what the spelling is, and the bytes.
 * @param signature as DER in its one spelling, SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 §2.2.3)
 */
export function otherSpellings(signature: Uint8Array): readonly (readonly [string, Uint8Array<ArrayBuffer>])[] {
  const length = signature[3] ?? 0;
  const [r, s] = [signature.slice(4, 4 + length), signature.slice(4 + length + 2)];
  const written = (...numbers: readonly (readonly number[] | Uint8Array)[]) =>
    der(0x30, ...numbers.map((number) => der(0x02, number)));
  const body = signature.slice(2);
  const half = (number: Uint8Array) => [...new Array<number>(32).fill(0), ...number].slice(-32);
  return [
    ["nothing", new Uint8Array()],
    ["r and s as they are", Uint8Array.from([...half(r), ...half(s)])],
    ["another tag around it", der(0x31, body)],
    ["one number", written(r)],
    ["three numbers", written(r, s, [1])],
    ["no number", der(0x30, der(0x02, r), der(0x04, s))],
    ["an empty number", written([], s)],
    ["a zero that is not needed", written([0, ...r], s)],
    ["a zero that is not needed, in s", written(r, [0, ...s])],
    ["negative numbers", written([0xff, ...r.slice(1)], [0xff, ...s.slice(1)])],
    ["a number of 33 bytes", written(r, [1, ...half(s)])],
    ["something behind it", Uint8Array.from([...signature, 0])],
    ["something in it behind the numbers", der(0x30, body, [0x05, 0x00])],
    ["a length that could be shorter", Uint8Array.from([0x30, 0x81, body.length, ...body])],
    ["a length with a leading zero", Uint8Array.from([0x30, 0x82, 0, body.length, ...body])],
    ["an indefinite length", Uint8Array.from([0x30, 0x80, ...body, 0, 0])],
    ["less than it says", Uint8Array.from([0x30, body.length + 1, ...body])],
    ["its numbers the other way round", written(s, r)],
  ];
}

/** As PEM. */
export function pem(bytes: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${encode(bytes, "base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}
