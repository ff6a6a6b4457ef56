/**
 * What came from outside and is printed: no terminal obeys it, no reader is deceived by it, no machine reads it otherwise.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { escaped, escapedLines } from "../../src/cli/printer.ts";
import { alignColumns } from "../../src/cli/table.ts";
import { ADAPTERS } from "../support/registry.ts";
import { type Dev, endAll, runHere, runProcess, startDev } from "./command-line.ts";

// Processes are started and bundled for: how long that takes says nothing.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Characters that a terminal obeys or hides, each of a kind, by its code point. */
const KINDS = {
  escape: 0x1b,
  bell: 0x07,
  backspace: 0x08,
  "carriage return": 0x0d,
  delete: 0x7f,
  "C1 control sequence introducer": 0x9b,
  "C1 operating system command": 0x9d,
  "next line": 0x85,
  "right-to-left override": 0x202e,
  "right-to-left isolate": 0x2067,
  "Arabic letter mark": 0x61c,
  "zero width space": 0x200b,
  "zero width joiner": 0x200d,
  "byte order mark": 0xfeff,
  "soft hyphen": 0xad,
  "line separator": 0x2028,
  "paragraph separator": 0x2029,
  "tag letter": 0xe0041,
  "Hangul filler": 0x3164,
};

const character = (code: number) => String.fromCodePoint(code);

/** Bytes that may not reach a terminal: C0 but tab and line feed, DEL, and C1 as UTF-8 writes it. */
function controlsIn(bytes: Buffer): readonly string[] {
  const isControl = (byte: number, before: number) =>
    (byte < 0x20 && byte !== 0x09 && byte !== 0x0a) || byte === 0x7f || (before === 0xc2 && byte >= 0x80 && byte <= 0x9f);
  return [...bytes].flatMap((byte, index) => (isControl(byte, bytes[index - 1] ?? 0) ? [`${byte} at ${index}`] : []));
}

describe("a printed text", () => {
  test.each(Object.entries(KINDS))("shows %s as an escape of JSON", (_, code) => {
    const text = `a${character(code)}b`;
    expect(escaped(text)).toMatch(/^a(\\u[0-9a-f]{4}){1,2}b$/);
    expect(JSON.parse(`"${escaped(text)}"`)).toBe(text);
    expect(escapedLines(text)).toBe(escaped(text));
  });

  test("keeps what people write", () => {
    const text = "Zoë Ångström, 山田太郎, محمد, שלום, नमस्ते, ❤️ – “quoted” \\ / ~";
    expect(escaped(text)).toBe(text);
  });

  test("has lines and tabs where they are its own, and none where they are a value's", () => {
    expect(escapedLines("a\tb\r\nc\rd\n")).toBe("a\tb\nc\\u000dd\n");
    expect(escaped("a\tb\nc")).toBe("a\\u0009b\\u000ac");
    expect(
      alignColumns([
        ["number", "type"],
        ["1", "x\n2  forged"],
      ]),
    ).toEqual(["number  type", "1       x\\u000a2  forged"]);
  });

  test("holds no control character, whatever it was, and reads back as JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(controlsIn(Buffer.from(escapedLines(text)))).toEqual([]);
        expect(escaped(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(escaped(JSON.stringify(text)))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the commands, with hostile dead letters in a real Worker", () => {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  let dev: Dev;
  let worker = "";

  /** OSC 52 (writes the clipboard), OSC 8 (a link), CSI in both forms, an override, a forged row. */
  const HOSTILE = `evt_\u001b]52;c;cm0gLXJm\u0007\u009d8;;https://evil.example\u009c\u009b2J\u001b[31m\u202egpj.\u2066\u200b\n9  stripe  forged`;

  async function run(...args: readonly string[]) {
    // What is written as a stream is no process's own to catch.
    const { code, output, errors } = args.includes("export") ? await runProcess(args) : await runHere(...args);
    for (const written of [output, errors]) {
      expect(controlsIn(Buffer.from(written))).toEqual([]);
      expect(written).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff]/);
    }
    return { code, output };
  }

  /** An event that Stripe would never send: its customer has no id. */
  async function sendBroken(): Promise<void> {
    const time = Math.floor(Date.now() / 1000);
    const event = { id: HOSTILE, object: "event", type: "customer.created", created: time, livemode: true };
    // Raw C1 and overrides in the body, as UTF-8 bytes: JSON has to escape only C0.
    const body = JSON.stringify({ ...event, data: { object: { object: "customer", id: {}, name: HOSTILE } } });
    const secret = ADAPTERS.get("stripe")?.secret.demo ?? "";
    const signature = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
    const headers = { "content-type": "application/json", "stripe-signature": `t=${time},v1=${signature}` };
    const answer = await fetch(`${worker}/hooks/demo/stripe`, { method: "POST", headers, body });
    expect(await answer.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
    await vi.waitUntil(
      async () => JSON.stringify(await (await fetch(`${worker}/api/v1/accounts/demo/dead`)).json()).includes("evt_"),
      {
        timeout: 60_000,
      },
    );
  }

  beforeAll(async () => {
    dev = await startDev();
    worker = dev.worker;
    await sendBroken();
  });

  afterAll(async () => {
    await endAll();
    rmSync(directory, { recursive: true, force: true });
  });

  test("dead list and dead show print escapes, and the same data as JSON", async () => {
    const list = await run("dead", "list", "--to", worker);
    expect((await runProcess(["dead", "list", "--to", worker])).output).toBe(list.output);
    expect(list.output.trim().split("\n")).toHaveLength(2);
    expect(list.output).toContain("evt_\\u001b]52;c;cm0gLXJm\\u0007\\u009d8;;");
    const { letters } = JSON.parse((await run("dead", "list", "--to", worker, "--json")).output);
    expect(letters).toEqual([expect.objectContaining({ id: HOSTILE, source: "stripe", reason: "schema" })]);

    const number = String(letters[0].number);
    expect((await run("dead", "show", number, "--to", worker)).output).toContain("\\u202egpj");
    const shown = JSON.parse((await run("dead", "show", number, "--to", worker, "--json")).output);
    expect(shown).toMatchObject({ id: HOSTILE, type: "customer.created" });
    expect(JSON.parse(shown.body).data.object.name).toBe(HOSTILE);
    expect(Buffer.from(shown.bodyBase64, "base64").toString("utf8")).toBe(shown.body);
  });

  test("every command about what came from outside prints escapes", async () => {
    const about = (...args: readonly string[]) => run(...args, "--to", worker);
    for (const args of [
      ["events"],
      ["events", "--json"],
      ["events", "--text", HOSTILE],
      ["event", HOSTILE],
      ["event", HOSTILE, "--json"],
      ["event", `no ${HOSTILE}`],
      ["replay", "--id", HOSTILE, "--dry-run"],
      ["replay", "--id", HOSTILE, "--dry-run", "--json"],
      ["dead", "list", "--text", HOSTILE],
      ["people", "explain", HOSTILE],
      ["people", "explain", HOSTILE, "--json"],
      ["people", "conflicts"],
      ["erase", "lift", "--user-id", HOSTILE],
      ["alert"],
      ["alert", "--json"],
      ["alert", "--test"],
      ["send", HOSTILE],
      ["map", HOSTILE, HOSTILE],
      ["plan", HOSTILE],
      ["profiles", "show", HOSTILE],
      ["completion", HOSTILE],
      [HOSTILE],
    ])
      await about(...args);
    expect((await about("event", HOSTILE)).output).toContain("evt_\\u001b]52;c;cm0gLXJm\\u0007");
  });

  test("people, erase, map and send print escapes", async () => {
    const rows = join(directory, "rows.jsonl");
    writeFileSync(rows, `${JSON.stringify({ source: "stripe", kind: "customer", id: "cus_\u009b2J\u202e", user_id: "u_1" })}\n`);
    await run("people", "import", rows, "--to", worker, "--json");
    await run("people", "export", "--to", worker);
    expect((await run("people", "pull", "no\u001b[31m", "--to", worker)).code).toBe(1);
    expect((await run("erase", "status", "--to", worker)).code).toBe(0);
    expect(JSON.parse((await run("erase", "status", "--to", worker, "--json")).output)).toMatchObject({ erasures: [] });

    const webhook = join(directory, "webhook.json");
    const object = { id: "cus_\u009b2J", object: "customer", name: HOSTILE, created: 1_795_000_000 };
    const event = { id: "evt_1", object: "event", type: "customer.created", created: 1_795_000_000, livemode: true };
    writeFileSync(webhook, JSON.stringify({ ...event, data: { object } }));
    const mapped = await run("map", "stripe", webhook);
    expect(mapped.code).toBe(0);
    expect(mapped.output).toContain("\\u009b2J");
    const sent = JSON.parse((await run("send", "stripe", "customer.created", "--to", worker, "--json")).output);
    expect(sent).toMatchObject({ event: "customer.created", status: 200 });
  });

  test("answers of what only looks like a Worker are printed as escapes", async () => {
    for (const status of [200, 500]) {
      const server = createServer((_, response) => response.writeHead(status).end(HOSTILE));
      await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
      for (const command of [
        ["dead", "list"],
        ["people", "export"],
        ["erase", "status"],
      ]) {
        expect((await run(...command, "--to", url)).code).toBe(1);
      }
      await run("send", "stripe", "customer.created", "--to", url);
      await new Promise((settle) => server.close(settle));
    }
  });

  test("discard asks for a filter or --all, and says what it did", async () => {
    expect((await run("dead", "discard", "--to", worker)).code).toBe(2);
    expect(JSON.parse((await run("dead", "discard", "--all", "--to", worker, "--json")).output)).toEqual({ moved: 1 });
    expect((await run("dead", "list", "--to", worker)).output).toBe("There are no dead letters.\n");
  });

  test("dev prints no control character of a request", async () => {
    await fetch(`${worker}/hooks/demo/${encodeURIComponent("\u001b[31m\u009b2J\u202e")}`, { method: "POST", body: HOSTILE });
    await dev.says(/unknown source/);
    expect(controlsIn(dev.output())).toEqual([]);
  });
});
