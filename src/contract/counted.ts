/**
 * A number with what it counts.
 */

/** `1 event`, `2 events`. @param many the plural, where it takes more than an s */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
