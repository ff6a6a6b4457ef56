/**
 * Forms as `multipart/form-data` (RFC 7578).
 */

/** One field of a form; of a file there is only the name. */
export interface FormPart {
  readonly name: string;
  readonly value: Uint8Array<ArrayBuffer> | null;
}

/** What a boundary may be (RFC 2046 §5.1.1), on a line of its own. The body begins with it, so no header has to tell. */
const OPENING = /^--([0-9A-Za-z'()+_,./:=?-]{1,70})\r\n/;

const DISPOSITION = /\r\ncontent-disposition: *form-data((?:; *[a-z*]+=(?:"[^"\r\n]*"|[^\s";]+)){1,4}) *(?:\r\n|$)/i;

/** Longest head of a part, characters. */
const LONGEST_HEAD = 2048;

/** The parts in their order; `null` where the bytes are no such form, or one of more than `most` parts. */
export function readMultipart(bytes: Uint8Array, most: number): readonly FormPart[] | null {
  const text = toCharacters(bytes);
  const boundary = OPENING.exec(text)?.[1];
  if (boundary === undefined) return null;
  const [, ...sections] = `\r\n${text}`.split(`\r\n--${boundary}`, most + 3);
  const end = sections.pop();
  if (end === undefined || !/^--(\r\n)?$/.test(end) || sections.length > most) return null;
  const parts = sections.map(readPart).filter((part) => part !== null);
  return parts.length < sections.length ? null : parts;
}

/** A section: the end of the boundary's line, a head, an empty line, the content. */
function readPart(section: string): FormPart | null {
  const split = section.indexOf("\r\n\r\n");
  if (!section.startsWith("\r\n") || split === -1 || split > LONGEST_HEAD) return null;
  const disposition = DISPOSITION.exec(section.slice(0, split))?.[1] ?? "";
  const name = /; *name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) return null;
  const isFile = /; *filename\*?=/i.test(disposition);
  return { name, value: isFile ? null : fromCharacters(section.slice(split + 4)) };
}

/** A form of these parts, files left out. */
export function writeMultipart(parts: readonly FormPart[], boundary = "tributary"): Uint8Array<ArrayBuffer> {
  const sections = parts.flatMap(({ name, value }) =>
    value === null ? [] : [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${toCharacters(value)}\r\n`],
  );
  return fromCharacters(`${sections.join("")}--${boundary}--\r\n`);
}

/** One character for each byte, whatever the bytes are: a file may stand among the fields. */
function toCharacters(bytes: Uint8Array): string {
  const chunks = Array.from({ length: Math.ceil(bytes.length / 8192) }, (_, index) =>
    String.fromCharCode(...bytes.subarray(index * 8192, (index + 1) * 8192)),
  );
  return chunks.join("");
}

function fromCharacters(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
