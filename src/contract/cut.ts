/**
 * Cuts texts to a number of bytes.
 */
import { utf8Bytes } from "./verify/encoding.ts";

/** As many whole characters of a text, from its beginning, as fit into so many bytes of UTF-8. */
export function cutToBytes(text: string, most: number): string {
  if (utf8Bytes(text).byteLength <= most) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Bytes(character).byteLength;
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}
