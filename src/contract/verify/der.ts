/**
 * Reading and writing DER (X.690), as far as signatures and certificates need it.
 */

/** One value: its tag, what it holds, and both with the length between them. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly whole: Uint8Array<ArrayBuffer>;
}

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const OBJECT_IDENTIFIER = 0x06;

/** The values that stand side by side in these bytes; `null` where anything is not DER. */
export function readDer(bytes: Uint8Array<ArrayBuffer>): readonly DerValue[] | null {
  const values: DerValue[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const value = valueAt(bytes, offset);
    if (value === null) return null;
    values.push(value);
    offset += value.whole.length;
  }
  return values;
}

/** What the one sequence that these bytes are holds; `null` where they are none. */
export function readSequence(bytes: Uint8Array<ArrayBuffer>): readonly DerValue[] | null {
  const [sequence, ...more] = readDer(bytes) ?? [];
  return sequence?.tag === SEQUENCE && more.length === 0 ? readDer(sequence.content) : null;
}

function valueAt(bytes: Uint8Array<ArrayBuffer>, offset: number): DerValue | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  // Tags of several bytes are in nothing that is read here.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  const count = first < 0x80 ? 0 : first & 0x7f;
  const lengthBytes = bytes.subarray(offset + 2, offset + 2 + count);
  const length = count === 0 ? first : lengthBytes.reduce((sum, byte) => sum * 256 + byte, 0);
  // Lengths are definite and written as short as can be.
  const isShortest = count === 0 || (count <= 3 && lengthBytes.length === count && lengthBytes[0] !== 0 && length >= 0x80);
  const start = offset + 2 + count;
  const end = start + length;
  if (first === 0x80 || !isShortest || end > bytes.length) return null;
  return { tag, content: bytes.slice(start, end), whole: bytes.slice(offset, end) };
}

/** A value of less than 128 bytes. */
function writeShort(tag: number, content: readonly number[]): readonly number[] {
  return [tag, content.length, ...content];
}

/** Bytes of each half of a P-256 signature. */
const HALF = 32;

/**
 * An ECDSA signature on P-256 as WebCrypto takes it: r and s, 32 bytes each.
 * @param der SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 §2.2.3)
 * @returns `null` where it is written in any other way
 */
export function signatureFromDer(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const values = readSequence(der) ?? [];
  const halves = values.map(({ tag, content }) => (tag === INTEGER ? half(content) : null)).filter((bytes) => bytes !== null);
  const [r, s] = halves;
  if (r === undefined || s === undefined || values.length !== 2) return null;
  return Uint8Array.from([...r, ...s]);
}

/** A positive integer, in 32 bytes. */
function half(content: Uint8Array): Uint8Array | null {
  const [first = 0x80, second = 0] = content;
  const isPadded = first === 0 && content.length > 1;
  // A leading zero says that the number is not negative, and stands nowhere else.
  if (first >= 0x80 || (isPadded && second < 0x80)) return null;
  const digits = isPadded ? content.subarray(1) : content;
  if (digits.length > HALF) return null;
  const bytes = new Uint8Array(HALF);
  bytes.set(digits, HALF - digits.length);
  return bytes;
}

/** The DER of a signature that WebCrypto made: the reverse of `signatureFromDer`. */
export function signatureToDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const halves = [signature.subarray(0, HALF), signature.subarray(HALF)].map((bytes) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = start === -1 ? [0] : [...bytes.subarray(start)];
    return writeShort(INTEGER, (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits);
  });
  return Uint8Array.from(writeShort(SEQUENCE, halves.flat()));
}
