import { describe, expect, test } from "vitest";
import { createSender, type SenderOptions } from "../../src/pipelines/sender.ts";
import { VERSION } from "../../src/version.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

function sending(fetch: SenderOptions["fetch"], more: Partial<SenderOptions> = {}) {
  return createSender({ region: "us", apiKey: "key", fetch, now: () => now, ...more })("/v1/batch", '{"batch":[]}');
}

/** A body that never ends; `cancelled` resolves once the reader lets go of it. */
function endless(chunk: string): { body: ReadableStream<Uint8Array>; cancelled: Promise<unknown> } {
  const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (chunk === "" ? new Promise(() => {}) : controller.enqueue(new TextEncoder().encode(chunk))),
    cancel: resolve,
  });
  return { body, cancelled };
}

describe("the request", () => {
  test.each([
    ["us", "https://cdp.customer.io/v1/batch"],
    ["eu", "https://cdp-eu.customer.io/v1/batch"],
  ] as const)("to %s", async (region, expected) => {
    const requests: [string, RequestInit][] = [];
    await sending(
      async (url, init) => {
        requests.push([url, init]);
        return new Response("{}");
      },
      { region, apiKey: "ключ" },
    );
    const [url, init] = requests[0] ?? [];
    expect(requests).toHaveLength(1);
    expect(url).toBe(expected);
    expect(init).toMatchObject({ method: "POST", body: '{"batch":[]}', redirect: "manual" });
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
      authorization: "Basic 0LrQu9GO0Yc6",
      "content-type": "application/json",
      "x-strict-mode": "1",
      "user-agent": `tributary/${VERSION}`,
    });
  });
});

describe("an answer", () => {
  test("of 2xx has no detail, and its body is not waited for", async () => {
    const { body, cancelled } = endless("");
    expect(await sending(async () => new Response(body))).toEqual({ kind: "status", status: 200, retryAfter: null, detail: "" });
    await cancelled;
  });

  test.each([204, 301, 302, 307, 308, 400, 401, 413, 429, 500, 503])("of %i keeps its status", async (status) => {
    const response = new Response(status === 204 ? null : "why", { status, headers: { Location: "https://example.com/" } });
    expect(await sending(async () => response)).toEqual({
      kind: "status",
      status,
      retryAfter: null,
      detail: status === 204 ? "" : "why",
    });
  });

  test("has a detail that can be printed on one line", async () => {
    const text = '{"meta":\n{"errors":["naïve\u001b[31m\u0000 ✗"]}}\r\n';
    expect(await sending(async () => new Response(text, { status: 400 }))).toMatchObject({
      detail: '{"meta": {"errors":["na ve [31m "]}}',
    });
  });

  test("with an endless body is cut", async () => {
    const { body, cancelled } = endless("no ".repeat(100));
    const answer = await sending(async () => new Response(body, { status: 500 }));
    expect(answer).toMatchObject({ kind: "status", status: 500, detail: "no ".repeat(200).slice(0, 500) });
    await cancelled;
  });

  test("with a body that never arrives keeps its status", async () => {
    const { body, cancelled } = endless("");
    expect(await sending(async () => new Response(body, { status: 502 }), { timeout: 10 })).toMatchObject({
      kind: "status",
      status: 502,
      detail: "",
    });
    await cancelled;
  });

  test("with a body that breaks off keeps its status", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    expect(await sending(async () => new Response(body, { status: 500 }))).toMatchObject({
      kind: "status",
      status: 500,
      detail: "",
    });
  });
});

describe("Retry-After", () => {
  test.each([
    ["0", 0],
    ["7", 7_000],
    ["3600", 3_600_000],
    ["3601", 3_600_000],
    ["99999999999999999999999", 3_600_000],
    ["Sun, 01 Mar 2026 12:01:00 GMT", 60_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["Mon, 01 Mar 2100 12:00:00 GMT", 3_600_000],
    ["Mon, 99 Foo 2100 12:00:00 GMT", null],
    ["-5", null],
    ["soon", null],
    ["", null],
  ])("%j is %s ms", async (value, expected) => {
    const response = new Response("", { status: 429, headers: { "Retry-After": value } });
    expect(await sending(async () => response)).toMatchObject({ retryAfter: expected });
  });
});

describe("without an answer", () => {
  test("a request ends at its timeout", async () => {
    const fetch: SenderOptions["fetch"] = (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    expect(await sending(fetch, { timeout: 10 })).toEqual({ kind: "network", detail: "timeout" });
  });

  test("every failed connection is reported", async () => {
    expect(await sending(() => Promise.reject(new TypeError("fetch failed")))).toEqual({ kind: "network", detail: "connection" });
    expect(
      await sending(() => {
        throw new Error("at once");
      }),
    ).toEqual({ kind: "network", detail: "connection" });
  });
});
