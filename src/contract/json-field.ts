/**
 * Finds one value in a JSON text without parsing the rest: for unverified texts, where parsing would cost up to a hundred times as much.
 * In valid JSON it finds what parsing finds: the last of several values with the same name, however the name is escaped.
 * If the text is not JSON, the result is meaningless; the body is then refused later, so the result is never used.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const INDEX = /^(0|[1-9]\d{0,8})$/;

/** Where a value lies, and where the value that contains it ends. */
interface Location {
  /** -1 if there is none. */
  readonly start: number;
  readonly end: number;
}

/**
 * The source text of the value at a path of member names and element indexes.
 * @returns `null` if there is none
 */
export function jsonSourceAt(text: string, path: readonly string[]): string | null {
  const { start } = locate(text, afterSpace(text, 0), path, 0);
  return start === -1 ? null : text.slice(start, endOfValue(text, start));
}

/** Searches the value that begins at `at` for the rest of the path. */
function locate(text: string, at: number, path: readonly string[], level: number): Location {
  const name = path[level];
  if (name === undefined) return { start: at, end: endOfValue(text, at) };
  const opening = text.charCodeAt(at);
  const isObject = opening === OPEN_BRACE;
  const wanted = opening === OPEN_BRACKET && INDEX.test(name) ? Number(name) : -1;
  if (!isObject && wanted === -1) return { start: -1, end: endOfValue(text, at) };

  let start = -1;
  let next = afterSpace(text, at + 1);
  if (text.charCodeAt(next) === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return { start, end: next + 1 };
  for (let index = 0; next < text.length; index += 1) {
    let isWanted = index === wanted;
    if (isObject) {
      const end = endOfString(text, next);
      isWanted = isName(text, next + 1, end - 1, name);
      next = afterSpace(text, end);
      if (text.charCodeAt(next) !== COLON) break;
      next = afterSpace(text, next + 1);
    }
    if (isWanted) {
      const found = locate(text, next, path, level + 1);
      start = found.start;
      next = found.end;
    } else next = endOfValue(text, next);
    next = afterSpace(text, next);
    if (text.charCodeAt(next) !== COMMA) return { start, end: next + 1 };
    next = afterSpace(text, next + 1);
  }
  return { start: -1, end: text.length };
}

/** Is this the name, perhaps escaped, between two quotes? */
function isName(text: string, start: number, end: number, name: string): boolean {
  let at = start;
  for (let index = 0; index < name.length; index += 1) {
    let code = text.charCodeAt(at);
    at += 1;
    if (code === BACKSLASH) {
      const letter = text.charAt(at);
      const digits = letter === "u" ? 4 : 0;
      code = digits > 0 ? Number.parseInt(text.slice(at + 1, at + 5), 16) : (ESCAPES.get(letter) ?? letter).charCodeAt(0);
      at += 1 + digits;
    }
    if (code !== name.charCodeAt(index)) return false;
  }
  return at === end;
}

function afterSpace(text: string, at: number): number {
  let next = at;
  for (let code = text.charCodeAt(next); code === 0x20 || (code >= 0x09 && code <= 0x0d); code = text.charCodeAt(next)) next += 1;
  return next;
}

/** @param at the opening quote */
function endOfString(text: string, at: number): number {
  let next = at + 1;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) return next + 1;
    next += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

/** The end of a value of any depth. */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  let next = at;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) {
      next = endOfString(text, next);
      if (depth === 0) return next;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      // This bracket closes the enclosing value.
      if (depth === 0) return next;
      depth -= 1;
      if (depth === 0) return next + 1;
    } else if (depth === 0 && (code === COMMA || code <= 0x20)) return next;
    next += 1;
  }
  return text.length;
}
