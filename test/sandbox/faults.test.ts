import { expect, test } from "vitest";
import { type Fault, fault, putFault, takeFault } from "../../src/sandbox/faults.ts";

const us = { region: "us", body: '{"batch":["poison"]}' } as const;

function put(...faults: readonly Fault[]): readonly Fault[] {
  return faults.reduce<readonly Fault[]>(putFault, []);
}

test("a fault without a count stays", () => {
  const faults = put({ status: 503 });
  expect(takeFault(faults, us)).toEqual({ fault: { status: 503 }, faults });
});

test("a fault with a count fails so many requests and is then removed", () => {
  const first = takeFault(put({ status: 503, count: 2 }), us);
  const second = takeFault(first.faults, us);
  expect([first.fault?.status, second.fault?.status]).toEqual([503, 503]);
  expect(first.faults).toEqual([{ status: 503, count: 1 }]);
  expect(second.faults).toEqual([]);
  expect(takeFault(second.faults, us).fault).toBeNull();
});

test("a request that does not match does not use up a fault", () => {
  const faults = put({ status: 500, region: "eu", count: 1 }, { status: 400, match: "other", count: 1 });
  expect(takeFault(faults, us)).toEqual({ fault: null, faults });
});

test("the most specific fault is used, in any order", () => {
  const faults = put({ status: 500, match: "poison" }, { status: 501, region: "us" }, { status: 502 });
  expect(takeFault(faults, us).fault?.status).toBe(500);
  expect(takeFault(faults, { ...us, body: "{}" }).fault?.status).toBe(501);
  expect(takeFault(faults, { region: "eu", body: "{}" }).fault?.status).toBe(502);
});

test("a fault for the same requests replaces the previous one", () => {
  expect(put({ status: 500 }, { status: 429, region: "us" }, { status: 503, count: 1 })).toEqual([
    { status: 503, count: 1 },
    { status: 429, region: "us" },
  ]);
});

test.each([
  {},
  { status: 100 },
  { status: 600 },
  { status: 500, count: 0 },
  { status: 500, count: 1.5 },
  { status: 500, region: "asia" },
  { status: 500, delayMs: -1 },
  { status: 302, location: "x\r\nset-cookie: y" },
  { status: 429, retryAfter: "" },
  { status: 500, times: 2 },
])("is refused: %j", (given) => {
  expect(fault.safeParse(given).success).toBe(false);
});

test.each([
  { status: 0 },
  { status: 429, retryAfter: 2 },
  { status: 503, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT", count: 3 },
  { status: 302, location: "https://cdp-eu.customer.io/v1/batch" },
  { status: 200, delayMs: 10, record: true, match: "x", region: "eu" },
])("is taken: %j", (given) => {
  expect(fault.parse(given)).toEqual(given);
});
