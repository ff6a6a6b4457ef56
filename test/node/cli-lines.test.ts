/**
 * The lines of `dev` and `tail`: 80 columns, whatever comes from outside, each refusal with its likely cause.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, rowsOf, widthOf } from "../../src/cli/lines/columns.ts";
import { createLayout, type Line, sourceLabel } from "../../src/cli/lines/line.ts";
import { linesOfSandbox } from "../../src/cli/lines/sandbox-log.ts";
import { createLogReader } from "../../src/cli/lines/worker-log.ts";
import { OUTCOMES } from "../../src/ingest/outcomes.ts";
import { requestLine } from "../../src/sandbox/request-log.ts";

const AT = new Date(2026, 10, 29, 8, 5, 9).getTime();

/** Lines as they are printed, without colours. */
function shown(lines: readonly (Line | null)[], columns = 80): readonly string[] {
  const layout = createLayout(() => columns);
  const rows = lines.flatMap((line) => (line === null ? [] : layout(line)));
  return rows.map((parts) =>
    parts
      .map(({ text }) => text)
      .join("")
      .trimEnd(),
  );
}

/** What a log's line becomes. */
function read(line: object): Line | null {
  const found = createLogReader(new Set(["demo"])).read(JSON.stringify(line), AT);
  if (typeof found === "string") throw new Error(`no line of the log: ${found}`);
  return found;
}

describe("a layout", () => {
  const line: Line = { at: AT, status: "200", tone: "good", source: "stripe", type: "invoice.paid", text: "evt_1" };

  test("puts time, status, source, type and the rest into columns", () => {
    expect(shown([line, { ...line, source: "a", type: "b" }, { ...line, type: "", text: "no signature" }])).toEqual([
      "08:05:09  200   stripe  invoice.paid  evt_1",
      "08:05:09  200   a       b             evt_1",
      "08:05:09  200   stripe  no signature",
    ]);
  });

  test("lets what does not fit go on below, and says notes below", () => {
    const text = `${"word ".repeat(12)}${"x".repeat(100)}`;
    expect(shown([{ ...line, text, notes: ["What to do."] }])).toEqual([
      "08:05:09  200   stripe  invoice.paid",
      "                word word word word word word word word word word word word",
      `                ${"x".repeat(64)}`,
      `                ${"x".repeat(36)}`,
      "                What to do.",
    ]);
  });

  test("stays within the terminal, and lets no character through that a terminal obeys", () => {
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ unit: "grapheme", maxLength: 60 }));
    const record = fc.record({ source: text, type: text, text, notes: fc.array(text, { maxLength: 2 }) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), fc.integer({ min: 40, max: 120 }), (some, columns) => {
        for (const row of shown(
          some.map((one) => ({ ...line, ...one })),
          columns,
        )) {
          expect(widthOf(row)).toBeLessThanOrEqual(columns);
          expect(row).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("counts columns as a terminal does", () => {
    expect([widthOf("Zoë"), widthOf("Zoe\u0308"), widthOf("山田"), widthOf("🚀x")]).toEqual([3, 3, 4, 3]);
    expect(cut("山田太郎", 5)).toBe("山田…");
    expect(rowsOf("山田太郎", 5)).toEqual(["山田", "太郎"]);
  });

  test("names a source by its account, but for the one that is meant by default", () => {
    expect([sourceLabel("demo", "stripe"), sourceLabel("acme", "stripe"), sourceLabel("acme", undefined)]).toEqual([
      "stripe",
      "acme/stripe",
      "acme",
    ]);
  });
});

describe("a line of the Worker's log", () => {
  const place = { account: "demo", source: "stripe" };
  const kept = { outcome: "accepted", ...place, type: "invoice.paid", id: "evt_1", accepted: 1, duplicate: 0, ignored: 0 };

  test("says what was accepted, known already, or ignored and why", () => {
    const reason = "about the account, not a person";
    expect(
      shown([
        read(kept),
        read({ ...kept, accepted: 0, duplicate: 1 }),
        read({ ...kept, accepted: 0, ignored: 1, reasons: [reason] }),
        read({ ...kept, accepted: 28, duplicate: 1, ignored: 2, reasons: [reason, "off"] }),
        read({ ...kept, accepted: 0 }),
        read({ outcome: "handshake", ...place }),
      ]),
    ).toEqual([
      "08:05:09  200   stripe  invoice.paid  evt_1",
      "08:05:09  200   stripe  invoice.paid  duplicate  evt_1",
      "08:05:09  200   stripe  invoice.paid",
      "                ignored: about the account, not a person  evt_1",
      "08:05:09  200   stripe  invoice.paid",
      "                31 events: 28 accepted, 1 duplicate, 2 ignored",
      "                ignored: about the account, not a person",
      "                ignored: off",
      "08:05:09  200   stripe  invoice.paid  There is no event in it.",
      "08:05:09  200   stripe  The vendor's handshake is answered.",
    ]);
  });

  test("has the likely cause of a refusal: that of the diagnosis, else one by the reason", () => {
    const refused = { outcome: "unverified", ...place };
    expect(shown([read({ ...refused, reason: "mismatch", likely: [{ cause: "clock", advice: "Correct the clock." }] })])).toEqual(
      ["08:05:09  401   stripe  the signature does not match", "                Correct the clock."],
    );
    expect(shown([read({ ...refused, reason: "mismatch" })])).toEqual([
      "08:05:09  401   stripe  the signature does not match",
      "                The secret is wrong, most likely: DEMO_STRIPE_SECRET must be the",
      "                one of this very endpoint, in the same mode. Else the body was",
      "                changed on its way.",
    ]);
    for (const reason of ["missing", "malformed", "stale", "mismatch", "replayed"])
      expect(read({ ...refused, reason })?.notes?.[0], reason).toMatch(/^\S.*\.$/);
  });

  test.each(Object.entries(OUTCOMES))("%s has a status and a cause", (outcome, { status }) => {
    const line = read({ outcome, ...place });
    expect(line?.status).toBe(String(status));
    expect([line?.text, ...(line?.notes ?? [])].join(" ").length).toBeGreaterThan(20);
  });

  test("quotes what is invalid in a genuine webhook, and what is wrong with the configuration", () => {
    expect(read({ outcome: "unreadable", ...place, reason: "parse", issue: "data.id: missing" })?.notes).toEqual([
      "It is genuine, but not what this source's vendor sends: data.id: missing. Compare the URL with the vendor's settings.",
    ]);
    const reader = createLogReader(new Set(["demo"]));
    const problem = "account acme, source shop: ACME_SHOP_SECRET: set this secret";
    const others = ["account acme: region: missing", problem, "account demo, source stripe: DEMO_STRIPE_SECRET: no secret"];
    const said = others.map((text) => reader.read(JSON.stringify({ outcome: "configuration", problem: text }), AT));
    // What is wrong with the accounts of wrangler.toml is said elsewhere, with its line.
    expect(said).toEqual([null, null, expect.objectContaining({ source: "demo", text: others[2] })]);
    const unusable = reader.read(JSON.stringify({ outcome: "unusable", account: "acme", source: "shop" }), AT);
    expect(unusable).toMatchObject({ status: "503", tone: "bad", notes: [`Its configuration is wrong. ${problem}`] });
  });

  test("says what happened later, and what an operator must do", () => {
    const told = [
      { account: "demo", outcome: "dead", source: "stripe", type: "invoice.paid", id: "evt_1", reason: "schema" },
      { account: "demo", outcome: "alarm", reason: "key_refused" },
      { account: "demo", outcome: "conflict", reason: "merged" },
      { account: "demo", outcome: "something_new", reason: "because" },
      { outcome: "audit", by: "local", account: "demo", operation: "dead.discard", changed: 2 },
      { outcome: "defect", error: "TypeError" },
    ];
    expect(shown(told.map(read))).toEqual([
      "08:05:09  dead  stripe  invoice.paid  evt_1 cannot be delivered: schema",
      "                Why, and what to do: npx tributary dead list",
      "08:05:09  note  demo",
      "                Nothing is sent: Customer.io refuses the API key. A new key lets",
      "                it go on.",
      "08:05:09  note  demo",
      "                A person exists twice in Customer.io: npx tributary people",
      "                conflicts",
      "08:05:09  note  demo    something new because",
      "08:05:09  note  demo    dead.discard by local: 2 changed",
      "08:05:09  503           defect: TypeError",
      `                ${OUTCOMES.defect.message}`,
    ]);
  });

  test("is printed as it is where it is none", () => {
    const reader = createLogReader(new Set());
    for (const text of ["workerd: something", "{", "[1]", "null"]) expect(reader.read(text, AT)).toBe(text);
  });
});

describe("what left for Customer.io", () => {
  const track = (userId: string, event: string, source: string, type: string) => ({
    ...{ type: "track", userId, event },
    properties: { source, source_event: type },
  });
  const sent = (status: number, ...batch: readonly unknown[]) =>
    linesOfSandbox(JSON.stringify(requestLine(status, "us", "key", JSON.stringify({ batch }))), AT, (key) =>
      key === "key" ? "demo" : undefined,
    );

  test("is a line for each event, with its person and its calls", () => {
    const lines = sent(
      200,
      { type: "alias", userId: "u_1", previousId: "ada@example.com" },
      { type: "identify", userId: "u_1", traits: {} },
      track("u_1", "Payment Succeeded", "stripe", "invoice.paid"),
      track("u_1", "Order Completed", "shop", "orders/create"),
      { type: "identify", anonymousId: "stripe:customer:1" },
      track("u_2", "Order Completed", "shop", "orders/create"),
    );
    expect(shown(lines ?? [])).toEqual([
      "08:05:09  sent  stripe  invoice.paid",
      "                u_1 → alias ada@example.com, identify, Payment Succeeded",
      "08:05:09  sent  shop    orders/create  u_1 → Order Completed",
      "08:05:09  sent  demo    stripe:customer:1 → identify",
      "08:05:09  sent  shop    orders/create  u_2 → Order Completed",
    ]);
  });

  test("says so where it was not taken, and where there is too much to name", () => {
    expect(shown(sent(503, { type: "identify", userId: "u_1" }) ?? [])).toEqual([
      "08:05:09  fail  demo  1 call to Customer.io (US) answered with 503",
    ]);
    expect(shown(sent(0, {}, {}) ?? [])).toEqual(["08:05:09  fail  demo  2 calls to Customer.io (US) answered with nothing"]);
    const many = Array.from({ length: 130 }, (_, index) => track(`u_${index}`, "Order Completed", "shop", "orders/create"));
    const lines = shown(sent(200, ...many) ?? []);
    expect([lines.length, lines.at(-1)]).toEqual([101, "08:05:09  sent  demo  and 30 more calls"]);
  });

  test("is nothing else that the sandbox prints", () => {
    for (const text of ["{", "workerd: something", '{"outcome":"sent"}'])
      expect(linesOfSandbox(text, AT, () => undefined)).toBeNull();
  });

  test("may be a body that is none", () => {
    expect(requestLine(400, "eu", "", "{")).toEqual({ outcome: "sent", status: 400, region: "eu", key: "", count: 0, calls: [] });
  });
});
