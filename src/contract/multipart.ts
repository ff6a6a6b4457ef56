/**
 * Reads forms with parts (multipart/form-data, RFC 7578), for vendors that send no others.
 */

const HEAD = /^content-disposition:[ \t]*form-data;[^\r\n]*?\bname="([^"\r\n]*)"([^\r\n]*)/im;

/**
 * The names and texts of a form's parts; files are left out. The boundary is the body's first line: what Content-Type says is not needed.
 * @param most more parts than this are refused
 * @returns `null` if the text is no such form, or has too many parts
 */
export function partsOfForm(text: string, most: number): readonly (readonly [string, string])[] | null {
  const [boundary = ""] = text.split("\r\n", 1);
  if (!/^--[\x21-\x7e]{1,70}$/.test(boundary)) return null;
  const pieces = `\r\n${text}`.split(`\r\n${boundary}`, most + 2);
  const end = pieces.pop();
  if (end === undefined || !/^--\s*$/.test(end)) return null;
  return pieces.slice(1).flatMap((piece): readonly (readonly [string, string])[] => {
    const split = piece.indexOf("\r\n\r\n");
    const [, name, rest = ""] = HEAD.exec(piece.slice(0, Math.max(split, 0))) ?? [];
    return name === undefined || /\bfilename\*?=/i.test(rest) ? [] : [[name, piece.slice(split + 4)]];
  });
}
