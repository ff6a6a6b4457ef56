/**
 * Reads options that give a name and a value: `--header 'X-Topic: orders/create'`.
 */

/** `name:value` texts as an object; `null` where one is no such text. */
export function pairs(texts: readonly string[], separator: string): Readonly<Record<string, string>> | null {
  if (texts.some((text) => text.indexOf(separator) < 1)) return null;
  const at = (text: string) => text.indexOf(separator);
  return Object.fromEntries(texts.map((text) => [text.slice(0, at(text)).trim(), text.slice(at(text) + 1).trim()]));
}
