/**
 * Checks a chain of three certificates that a message carries along (RFC 5280) against a root that the adapter pins. Everything in it is the
 * sender's own until the root's key has signed the intermediate.
 */
import type { X509Certificate as Certificate, KeyObject } from "node:crypto";
import { decode } from "./encoding.ts";
import { keyMemory } from "./keys.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { isKeyFor } from "./public-keys.ts";

/** What a chain must hold. */
export interface PinnedChain {
  /** The root, base64 of its DER. The root that the message carries is not looked at. */
  readonly root: string;
  /**
   * The extensions by which the vendor marks what a certificate is for, as the hex of their identifiers (the contents of the OBJECT IDENTIFIER).
   * Without them, any certificate under the same root could sign.
   */
  readonly marks: { readonly leaf: string; readonly intermediate: string };
}

/** The key of a chain, while all of its certificates are valid. Milliseconds since 1970. */
interface ChainKey {
  readonly key: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
}

const importedOnce = keyMemory<ChainKey>();

/**
 * The leaf's public key for ES256.
 * @param chain base64 of the DER of leaf, intermediate and root
 * @param now milliseconds since 1970
 * @returns `null` if the chain does not end at the root, is not marked so, or is not valid now
 */
export async function chainKey(chain: readonly string[], pinned: PinnedChain, now: number): Promise<KeyObject | null> {
  const [leaf, intermediate] = chain;
  if (leaf === undefined || intermediate === undefined || chain.length !== 3) return null;
  const found = await importedOnce(JSON.stringify([leaf, intermediate, pinned]), () => checked(leaf, intermediate, pinned));
  return found !== null && found.notBefore <= now && now <= found.notAfter ? found.key : null;
}

async function checked(leafText: string, intermediateText: string, { root, marks }: PinnedChain): Promise<ChainKey | null> {
  const { X509Certificate } = await nodeCrypto();
  try {
    const read = (text: string) => new X509Certificate(decode(text, "base64") ?? new Uint8Array());
    const [trusted, intermediate] = [read(root), read(intermediateText)];
    if (!isIssued(intermediate, trusted) || !intermediate.ca || !hasExtension(intermediate.raw, marks.intermediate)) return null;
    const leaf = read(leafText);
    if (!isIssued(leaf, intermediate) || leaf.ca || !hasExtension(leaf.raw, marks.leaf)) return null;
    if (!isKeyFor("ES256", leaf.publicKey)) return null;
    const all = [leaf, intermediate, trusted];
    return {
      key: leaf.publicKey,
      notBefore: Math.max(...all.map(({ validFrom }) => Date.parse(validFrom))),
      notAfter: Math.min(...all.map(({ validTo }) => Date.parse(validTo))),
    };
  } catch {
    return null;
  }
}

function isIssued(certificate: Certificate, issuer: Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
}

/** Tags of DER (X.690): a list, an identifier, and the field of a certificate that holds its extensions (RFC 5280 §4.1). */
const SEQUENCE = 0x30;
const IDENTIFIER = 0x06;
const EXTENSIONS = 0xa3;

/** Does a certificate have this extension? The runtime shows none. Only for certificates whose signature was checked: the parts are well-formed. */
function hasExtension(certificate: Uint8Array, identifier: string): boolean {
  const [whole] = partsOf(certificate);
  const [signed] = whole ? partsOf(whole.content) : [];
  const field = signed && partsOf(signed.content).find(({ tag }) => tag === EXTENSIONS);
  const [extensions] = field ? partsOf(field.content) : [];
  const wanted = decode(identifier, "hex") ?? new Uint8Array();
  return (extensions ? partsOf(extensions.content) : []).some(({ tag, content }) => {
    const [name] = partsOf(content);
    return tag === SEQUENCE && name?.tag === IDENTIFIER && isSame(name.content, wanted);
  });
}

interface Part {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The parts of DER that stand one after the other; what is cut off is left out. */
function partsOf(bytes: Uint8Array): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
    const more = first < 0x80 ? 0 : first & 0x7f;
    const size = more === 0 ? first : bytes.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0);
    const start = at + 2 + more;
    if (start + size > bytes.length) break;
    parts.push({ tag, content: bytes.subarray(start, start + size) });
    at = start + size;
  }
  return parts;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
