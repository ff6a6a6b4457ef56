import { describe, expect, test } from "vitest";
import { proofBindings } from "../../src/cli/proof.ts";
import { OUTCOMES, type Outcome, type Row } from "../../src/ingest/outcomes.ts";
import { sentBody, virtualTime } from "../support/virtual-time.ts";
import { billing, chat, ENV, forms, NOW, serve, signed, signedBy, unsigned, withBody } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);

/** One way to each end. A new end without a way to it does not compile. */
const ways: Record<Outcome, () => Promise<Response>> = {
  accepted: () => serve().send(signed()),
  handshake: () => serve().send(signed({ body: json({ check: "abc" }) })),
  greeted: () => serve().send(unsigned({ method: "GET" })),
  unknown_route: () => serve().send(unsigned({ path: "/hooks/acme" })),
  unknown_account: () => serve().send(unsigned({ path: "/hooks/nobody/billing" })),
  unknown_source: () => serve().send(unsigned({ path: "/hooks/acme/nothing" })),
  // A `Request` made here is always valid: workerd makes the URL of one that arrives of its `Host` header, unread.
  malformed_url: async () => {
    const valid = unsigned({});
    const url = "http://a b/hooks/acme/billing";
    return serve().send(new Proxy(valid, { get: (request, key) => (key === "url" ? url : Reflect.get(request, key, request)) }));
  },
  foreign_host: () => serve({ env: { ...ENV, ...proofBindings("local") } }).send(signed()),
  method_not_allowed: () => serve().send(unsigned({ method: "PUT" })),
  unverified: () => serve().send(unsigned({})),
  unauthorized: async () => serve().get("/metrics"),
  forbidden: async () => serve().get("/metrics", { authorization: `Bearer ${ENV.ACME_READ_TOKEN}` }),
  unsupported_encoding: () => serve().send(signed({ headers: { "content-encoding": "gzip" } })),
  slow: async () => {
    const clock = virtualTime(NOW);
    const { stream, begun } = sentBody();
    const response = serve({ clock }).send(withBody(await signed(), stream));
    await begun;
    clock.pass(5_000);
    return response;
  },
  too_large: () => serve().send(signed({ body: " ".repeat(billing.bodyLimit + 1) })),
  unreadable: () => serve().send(signed({ body: "" })),
  misconfigured: () => serve({ env: { ...ENV, REGION: undefined } }).send(signed()),
  unusable: () => serve().send(signed({ path: "/hooks/acme/unset" })),
  busy: () => serve({ bodiesInFlight: 10 }).send(signed()),
  full: () => serve({ accept: async () => ({ kind: "refused", reason: "full" }) }).send(signed()),
  compacting: () => serve({ accept: async () => ({ kind: "refused", reason: "compacting" }) }).send(signed()),
  store_failed: () => serve({ accept: () => Promise.reject(new Error("no disk")) }).send(signed()),
  defect: () => serve().send(unsigned({ path: "/hooks/acme/broken?hello=1", method: "GET" })),
};

const rows: ReadonlyMap<string, Row> = new Map(Object.entries(OUTCOMES));
const plain = Object.entries(ways).flatMap(([outcome, way]) => {
  const row = rows.get(outcome);
  return row === undefined ? [] : [{ outcome, row, way }];
});

describe("every outcome has its answer", () => {
  test.each(plain)("$outcome", async ({ row, way }) => {
    const response = await way();
    expect(response.status).toBe(row.status);
    expect(response.headers.get("content-type")).toContain("application/json");
    const { error, message } = row;
    expect(await response.json()).toEqual(row.status === 200 ? { message } : expect.objectContaining({ error, message }));
    // A sender that is to come again is told when, and no other.
    expect(Number(response.headers.get("retry-after") ?? 0) > 0).toBe(row.status === 503);
  });

  test("accepted", async () => {
    const response = await ways.accepted();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
  });

  test("accepted, with what the vendor expects beside it", async () => {
    const response = await serve().send(signed({ body: json({ events: [], reply: "success" }) }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ reply: "success", accepted: expect.any(Number) });
  });

  test("no answer to a stranger can be cached, sniffed or framed", async () => {
    for (const way of [ways.greeted, ways.unverified, ways.unknown_route, ways.defect]) {
      const { headers } = await way();
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).not.toBeNull();
    }
  });
});

describe("answers that must not differ", () => {
  test("an unknown account, source, token and route", async () => {
    const paths = [
      "/hooks/nobody/billing",
      "/hooks/acme/nothing",
      "/hooks/acme/billing/a-token-0123456789",
      "/nothing",
      "/hooks/__proto__/constructor",
    ];
    const answers = await Promise.all(paths.map((path) => serve().send(unsigned({ path }))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  test("refused signatures, for any reason", async () => {
    const wrong = await signed({ secret: "bsec_another_secret_000" });
    const requests = [
      unsigned({}),
      unsigned({ headers: { "billing-signature": "" } }),
      unsigned({ headers: { "billing-signature": "t=1,v1=zz" } }),
      await signed({ at: 0 }),
      await signed({ at: Date.UTC(2030, 0, 1) }),
      wrong,
      withBody(await signed(), "{}"),
      unsigned({ path: "/hooks/acme/forms/not-the-token-0123456789", body: "entry=1" }),
      unsigned({ path: "/hooks/acme/forms", body: "entry=1" }),
      await signedBy(chat, { path: "/hooks/acme/chat", secret: forms.secret.demo }),
      unsigned({ path: "/hooks/acme/chat", body: "x".repeat(20_000) }),
      unsigned({ path: "/hooks/acme/chat", headers: { "content-encoding": "gzip" } }),
    ];
    const answers = await Promise.all(requests.map((request) => serve().send(request)));
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 401));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => json([...headers]))).size).toBe(1);
  });
});
