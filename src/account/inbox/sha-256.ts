/**
 * SHA-256 of short messages (FIPS 180-4). `crypto.subtle` takes ten times as long for an id, because each call has a promise and crosses into
 * the platform. For ids only: nothing here is secret, and nothing is compared in constant time.
 * @see https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */

/** Bytes of a block, and words of its schedule. */
const BLOCK = 64;

/** The first primes, as many as a block has rounds. */
const PRIMES: readonly number[] = primes(BLOCK);

/** The first 32 bits of the fractional parts of the primes' cube roots. */
const ROUNDS = Int32Array.from(PRIMES, (prime) => fractionOf(Math.cbrt(prime)));

/** The same of the first eight primes and their second roots. */
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionOf(Math.sqrt(prime)));

/** Memory that every call uses again: a call ends before the next begins. */
const schedule = new Int32Array(BLOCK);
const hash = new Int32Array(START.length);
const ending = new Uint8Array(2 * BLOCK);
const endingView = new DataView(ending.buffer);

/**
 * The hash of some of these bytes.
 * @returns eight words of 32 bits, the first of the hash first; they are valid until the next call
 */
export function sha256(bytes: Uint8Array, from = 0, to = bytes.length): Int32Array {
  hash.set(START);
  let at = from;
  for (; at + BLOCK <= to; at += BLOCK) addBlock(bytes, at);
  // A bit that is set ends the message; its length in bits, which 32 bits hold here, ends the last block.
  const rest = to - at;
  const size = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
  ending.fill(0);
  for (let index = 0; index < rest; index += 1) ending[index] = bytes[at + index] ?? 0;
  ending[rest] = 0x80;
  endingView.setUint32(size - 4, 8 * (to - from));
  for (let part = 0; part < size; part += BLOCK) addBlock(ending, part);
  return hash;
}

function addBlock(bytes: Uint8Array, from: number): void {
  const byte = (at: number): number => bytes[from + at] ?? 0;
  for (let t = 0; t < 16; t += 1)
    schedule[t] = (byte(4 * t) << 24) | (byte(4 * t + 1) << 16) | (byte(4 * t + 2) << 8) | byte(4 * t + 3);
  for (let t = 16; t < BLOCK; t += 1) {
    const w2 = word(schedule, t - 2);
    const w15 = word(schedule, t - 15);
    const sigma1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10);
    const sigma0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3);
    schedule[t] = sigma1 + word(schedule, t - 7) + sigma0 + word(schedule, t - 16);
  }
  let a = word(hash, 0);
  let b = word(hash, 1);
  let c = word(hash, 2);
  let d = word(hash, 3);
  let e = word(hash, 4);
  let f = word(hash, 5);
  let g = word(hash, 6);
  let h = word(hash, 7);
  for (let t = 0; t < BLOCK; t += 1) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + word(ROUNDS, t) + word(schedule, t)) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
  add(5, f);
  add(6, g);
  add(7, h);
}

function add(index: number, value: number): void {
  hash[index] = word(hash, index) + value;
}

function word(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function rotated(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

function fractionOf(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number += 1) if (found.every((prime) => number % prime !== 0)) found.push(number);
  return found;
}
