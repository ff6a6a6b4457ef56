/** Bytes processed at once. */
const SLICE = 8;

/**
 * Lookup tables for the reflected polynomial 0xEDB88320, one of 256 entries for each position in a slice, last position first. Signed, because
 * the engine computes with 32-bit signed integers without conversion.
 * @see https://create.stephan-brumme.com/crc32/#slicing-by-8-overview
 */
const STEPS = new Int32Array(256 * SLICE);
for (let byte = 0; byte < 256; byte += 1) {
  let step = byte;
  for (let bit = 0; bit < 8; bit += 1) step = step & 1 ? (step >>> 1) ^ 0xedb88320 : step >>> 1;
  STEPS[byte] = step;
}
for (let index = 256; index < STEPS.length; index += 1) {
  const before = stepAt(index - 256);
  STEPS[index] = (before >>> 8) ^ stepAt(before & 0xff);
}

function stepAt(index: number): number {
  return STEPS[index] ?? 0;
}

/** Combines the table entries of four bytes. @param start index of the table for the last byte */
function stepsOf(word: number, start: number): number {
  return (
    stepAt((start + 768) | (word & 0xff)) ^
    stepAt((start + 512) | ((word >>> 8) & 0xff)) ^
    stepAt((start + 256) | ((word >>> 16) & 0xff)) ^
    stepAt(start | (word >>> 24))
  );
}

/**
 * The CRC-32 of ISO 3309, as in zip and PNG, 0 to 4,294,967,295. It detects errors, not attacks: a text with a given checksum is easy to make,
 * so a signature over the checksum does not cover the text.
 */
export function crc32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sliced = bytes.length - (bytes.length % SLICE);
  let value = -1;
  for (let index = 0; index < sliced; index += SLICE) {
    value = stepsOf(value ^ view.getInt32(index, true), 1024) ^ stepsOf(view.getInt32(index + 4, true), 0);
  }
  for (let index = sliced; index < bytes.length; index += 1)
    value = (value >>> 8) ^ stepAt((value ^ view.getUint8(index)) & 0xff);
  return ~value >>> 0;
}
