/**
 * The parts of `npx tributary people` that need no Worker.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchesOf } from "../../src/cli/commands/people.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { type FileRow, rowsOf } from "../../src/cli/rows.ts";

/** A text as a stream gives it: in chunks of so many bytes, which may cut a character. */
async function* chunksOf(text: string, size = Infinity): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(text: string, format: "csv" | "jsonl", size?: number): Promise<FileRow[]> {
  return Array.fromAsync(rowsOf(chunksOf(text, size), format));
}

describe("CSV", () => {
  test("has its columns named by the first record, empty cells left out", async () => {
    expect(await read("\u{feff}Vendor,kind,id, email \r\nstripe,customer,cus_1,\r\n,,,ada@example.com\r\n", "csv")).toEqual([
      { line: 2, ok: true, row: { vendor: "stripe", kind: "customer", id: "cus_1" } },
      { line: 3, ok: true, row: { email: "ada@example.com" } },
    ]);
  });

  test("may have lines in its cells; a row is where it begins", async () => {
    expect(await read('id,email\n"a\n""b""",x\n\nc,"d,e"', "csv")).toEqual([
      { line: 2, ok: true, row: { id: 'a\n"b"', email: "x" } },
      { line: 5, ok: true, row: { id: "c", email: "d,e" } },
    ]);
  });

  test("with a quote that is never closed spoils no more than a part of the file", async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => `"id${index}"`);
    const found = await read(["id", '"open', ...rows].join("\n"), "csv", 1_000);
    expect(found.length).toBeGreaterThan(3_000);
    expect(found.at(-1)).toEqual({ line: 5_002, ok: true, row: { id: "id4999" } });
  });

  test("with a quote that is never closed, and none after it, says that the rest is not read", async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => `id${index}`);
    const found = await read(["id", "first", '"open', ...rows].join("\n"), "csv", 1_000);
    expect(found).toEqual([
      { line: 2, ok: true, row: { id: "first" } },
      { line: 3, ok: false, problem: expect.stringContaining("the rest of the file is not read") },
    ]);
  });

  test("with quotes in the wrong place is read row by row, in order", async () => {
    expect(await read('id\na\n"b"c\nd\ne"f\ng\n"h', "csv", 3)).toEqual([
      { line: 2, ok: true, row: { id: "a" } },
      { line: 3, ok: false, problem: expect.stringContaining("closing quote") },
      { line: 4, ok: true, row: { id: "d" } },
      { line: 5, ok: true, row: { id: 'e"f' } },
      { line: 6, ok: true, row: { id: "g" } },
      { line: 7, ok: false, problem: expect.stringContaining("never closed") },
    ]);
  });

  test("with more cells than columns is told", async () => {
    expect(await read("id\na,b\n", "csv")).toEqual([{ line: 2, ok: false, problem: "more cells than columns" }]);
  });

  test("comes out as it went in, however the stream cuts it", async () => {
    // Cells are trimmed, and an empty one is as good as none.
    const cell = fc.stringMatching(/^[a-z",\n\r:@.é😀]{0,8}$/u).map((text) => `x${text}y`);
    const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), fc.integer({ min: 1, max: 12 }), async (rows, size) => {
        const text = ["id,email", ...rows.map((row) => row.map(quoted).join(","))].join("\r\n");
        const found = await read(text, "csv", size);
        expect(found.map((row) => (row.ok ? [row.row.id, row.row.email] : row.problem))).toEqual(rows);
      }),
    );
  });
});

describe("JSON lines", () => {
  test("are objects; what is none is told by its line", async () => {
    expect(await read('{"id":"a\u{2028}b"}\n\n[1]\n{"id"\n{"id":2}', "jsonl", 3)).toEqual([
      { line: 1, ok: true, row: { id: "a\u{2028}b" } },
      { line: 3, ok: false, problem: "is no JSON object" },
      { line: 4, ok: false, problem: "is no JSON object" },
      { line: 5, ok: true, row: { id: 2 } },
    ]);
  });
});

test("an import begins at a line, and goes in batches", async () => {
  const text = Array.from({ length: 7 }, (_, index) => `{"id":${index + 1}}`).join("\n");
  const batches = await Array.fromAsync(batchesOf(rowsOf(chunksOf(text), "jsonl"), 3, 2));
  expect(batches.map((rows) => rows.map(({ line }) => line))).toEqual([[3, 4], [5, 6], [7]]);
});

describe("progress", () => {
  const drawn = (isTTY: boolean, whole: number | null): string => {
    let text = "";
    const progress = createProgress({ isTTY, write: (part) => (text += part) }, whole);
    progress.show(50, "5 rows");
    progress.say("line 3: wrong");
    progress.end();
    return text;
  };

  test("is a bar on a terminal", () => {
    expect(drawn(true, 100)).toContain(`${"█".repeat(15)}${"░".repeat(15)} 50 %  5 rows`);
    expect(drawn(true, null)).toContain("\r\u001b[K5 rows");
  });

  test("is nothing but its lines elsewhere", () => {
    expect(drawn(false, 100)).toBe("line 3: wrong\n");
  });
});
