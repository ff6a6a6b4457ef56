/** One step for each value of a byte: the reflected polynomial 0xEDB88320. */
const STEPS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let step = byte;
  for (let bit = 0; bit < 8; bit++) step = step & 1 ? (step >>> 1) ^ 0xedb88320 : step >>> 1;
  return step;
});

/**
 * The CRC-32 of ISO 3309, as zip and PNG have it, 0 to 4,294,967,295. It finds mistakes, not attacks: another text of the same value is made
 * in no time, so a signature of it does not cover the text.
 */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (STEPS[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xffffffff) >>> 0;
}
