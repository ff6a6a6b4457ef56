/**
 * The private keys of the demo's key pairs, for commands and tests that sign. A bundle does not contain them: a Worker signs nothing.
 */
import { decode, utf8Bytes } from "./encoding.ts";
import type { PublicKeyAlgorithm } from "./public-keys.ts";

/** The demo's private key, PKCS #8. */
export function demoPrivateKeyBytes(algorithm: PublicKeyAlgorithm): Uint8Array<ArrayBuffer> {
  return DEMO_PRIVATE_KEYS[algorithm]();
}

const rsa = () =>
  bytesOf(
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQChDqN5ydXRzA2xpZIMdAY13t0ouGGTSZF7+D43lKko71D83qmV42XrsGWLiPl/wV+uE/EBkvBCO3dr+hGrLsZWqIeuwChHEmc4sTKA16Odq2SgxW+Hf9xVPB9Jim3zFSvXtyCeAo6+uKNWgLmEXpgDfMSngBDHWZNMOWmLmk+Dj1A213+stjYnv5uvX+/DGT/hxm+ldaKuf43JMn+WEP9fr8b9zDVd9iMlhGCkl6M7TQ/B/fbeJliYE7CYLI42UcTTjnvWOHIffYwzCFbdkXJB6YBnjtL7hCtmAt8Fs6pgxcmbWJ4hh1JeXkHCuLBhdVtc3zrFLSzgAQj75RNV+yyXAgMBAAECggEACzlLxNvUe1Dm7rzfnzTiDpSv6+ZhjRP2QAyY5WMGS4nV+9wBNyay6R27YzcnUAhoBGfJBreN58e2IaplMH1LftQy1HJOvEPjjqIGp3pKTDLFX1Dds18tOda9RXDmCv0sN4BrFP06Tmnr9Bt3Z5VMrwgzD4s6CsfKyefsW465lizlIfYb2NTLjbCfwwF0XNGthVy9WT96h3s8yhS/T8L7AX3gXzDriUcN18+Y/98DjBx0tgRp9BjvL4v9GQR0FOjoFvIQzsc4VqgNctlyD006YDeJtQPDWU0IV1L7agwbxtAdHfx5aE2cvtPmbotFUOyMgqrJgD1npKSsfbQYYjHN5QKBgQDO1B1iDntDaLSUI3XGZVN9uDEabQi5sxPTXC8eoiMtbZr6US60itbU+/gPVCkhk68uLpSlQQiiuu57p61WQnxGirVzZ+fpkzD3ZNPtkWysBBumDnZfqXpFsXagZesC019s2n1UJj9fyoFwicTWp+WcV7X9oU/tSn/RBmHjt33LVQKBgQDHWM+YLgF0VKCUYUGSuEkIT0Eomn+gFqDqfdFGJmgG7QinNXp+xIjHkdiT+K5dKGC/WRwsgaqEOKZ0h8d0fLugDhPfpJmBw2eVTl1j/vi53cXSsaaA/l5ekkD2YWfctCD21dyaU4ZeTdX238CxJDVf+xVBkRP4pa0/3CTawigQOwKBgE0MW73Roz2jXdHpu9Aiow2sdi5f++Yhvfr41lzVDcG4mQkzAPEk348MJoafVYs6lwHfPGSra2ojtP+/oSUHM4Cb36iURqKOwKkImKJhkFgsV5huvs44NmKMD6MFFJ1C3MOSSSn17ZnjuICR8g/9D95EFnnbhAjjveXCOOk5y9TZAoGAMWXgi2VbFuihoiM3jJP+BQEetGEUnyb8WR80bJ23yX+TVVv7Ls6k1k9dy80j6BHJZ6E9SgoXpwwis12yHzuJgu/6HME9CNrTIDx7B/x2xhgenUdIa06dM/IqBuO8SQSZ5pC4ScXI1jWTf8mShlLipxYg/k5lFIh5lgmHWG4kX2ECgYBq8Gs4tZRfNn3M046osM2gATH4DAhmhF5EbbCJPYLEZjZ13NzMPGAq73nushdUuKM0KkM1Lt8c7i5ObWTKDoWGYAcAhYiEjTauSuxl8d+oeuKyRQwoNRTXNW4Nobflp8DphLcfSY+20gMWsF21jAquTVjmODNZXK6kM7evfIaIWA==",
  );

// A private key on a curve is 32 arbitrary bytes after a prefix that names the curve.
const DEMO_PRIVATE_KEYS: Readonly<Record<PublicKeyAlgorithm, () => Uint8Array<ArrayBuffer>>> = {
  Ed25519: () => Uint8Array.from([...bytesOf("MC4CAQAwBQYDK2VwBCIEIA=="), ...utf8Bytes("tributary_demo_ed25519_key_00000")]),
  ES256: () =>
    Uint8Array.from([
      ...bytesOf("MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA="),
      ...utf8Bytes("tributary_demo_p256_key_00000000"),
    ]),
  RS256: rsa,
  RS1: rsa,
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = decode(base64, "base64");
  if (bytes === null) throw new TypeError("a demo key is not base64");
  return bytes;
}
