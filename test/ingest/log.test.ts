import { describe, expect, test } from "vitest";
import { proofBindings } from "../../src/cli/proof.ts";
import { ENV, event, NOW, serve, signed, toLoopback, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const sendEvents = (app: ReturnType<typeof serve>, ...events: readonly object[]) => app.send(signed({ body: json({ events }) }));
const whose = { account: "acme", source: "billing" };

describe("a stored webhook", () => {
  const accepted = { outcome: "accepted", ...whose, accepted: 1, duplicate: 0, ignored: 0 };

  test("has a line if it is the first of its source in a minute; a later request logs the sums", async () => {
    const app = serve();
    for (const id of ["evt_1", "evt_2", "evt_3"]) await sendEvents(app, event({ id }), event({ id: `${id}b` }));
    const line = { ...accepted, type: "invoice.paid", id: "evt_1", accepted: 2 };
    expect(app.lines()).toEqual([line]);
    app.wait(60_000);
    await sendEvents(app, event({ id: "evt_4" }));
    expect(app.lines().slice(1)).toEqual([
      { ...accepted, accepted: 6, count: 3, minute: new Date(NOW).toISOString() },
      { ...accepted, type: "invoice.paid", id: "evt_4" },
    ]);
  });

  test("has a line each in a local run", async () => {
    const app = serve({ env: { ...ENV, ...proofBindings("local") } });
    for (const id of ["evt_1", "evt_2"]) await app.send(toLoopback(await signed({ body: json({ events: [event({ id })] }) })));
    expect(app.lines()).toMatchObject([{ id: "evt_1" }, { id: "evt_2" }]);
  });

  test("its line has its names and counts", async () => {
    const app = serve();
    await sendEvents(app, event(), event({ id: "evt_2", type: "balance.changed" }));
    expect(app.lines()).toEqual([
      { outcome: "accepted", ...whose, type: "invoice.paid", id: "evt_1", accepted: 1, duplicate: 0, ignored: 1 },
    ]);
    expect(app.written.at(-1)?.level).toBe("info");
  });

  test.each([
    ["long", "x".repeat(100), "x".repeat(64)],
    ["unprintable", 'a\u0000"\n\u{1f600}', 'a?"???'],
  ])("a %s id", async (_, id, shown) => {
    const app = serve();
    await sendEvents(app, event({ id }));
    expect(app.lines()).toMatchObject([{ id: shown }]);
  });

  test.each(["person@example.com", "person%40example.com"])("a text that may be an address is hashed: %s", async (text) => {
    const app = serve();
    await sendEvents(app, event({ id: text }));
    app.wait(60_000);
    await sendEvents(app, event({ type: text }));
    expect(app.lines()).toMatchObject([
      { id: expect.stringMatching(/^sha256:[0-9a-f]{57}$/) },
      { type: expect.stringMatching(/^sha256:/) },
    ]);
    expect(json(app.written)).not.toContain("example.com");
  });
});

describe("a refused request", () => {
  const refuse = async (app: ReturnType<typeof serve>, count: number) => {
    for (let index = 0; index < count; index++) await app.send(unsigned({}));
  };
  const line = { outcome: "unverified", ...whose, reason: "missing" };

  test("has a line if it is the first of its kind; a later request logs the counts of the minute", async () => {
    const app = serve();
    await refuse(app, 3);
    await app.send(signed({ at: 0 }));
    expect(app.lines()).toEqual([line, { ...line, reason: "stale" }]);
    app.wait(60_000);
    await app.get("/healthz");
    // One stale request has had its line; three without a signature are worth a sum.
    expect(app.lines().slice(2)).toEqual([{ ...line, count: 3, minute: new Date(NOW).toISOString() }]);
    await refuse(app, 1);
    expect(app.lines().slice(3)).toEqual([line]);
  });

  test("counts are logged once, and only after the minute", async () => {
    const app = serve();
    await refuse(app, 2);
    app.wait(59_999);
    await app.get("/healthz");
    expect(app.lines()).toHaveLength(1);
    app.wait(600_000);
    await app.get("/healthz");
    await app.get("/healthz");
    expect(app.lines()).toHaveLength(2);
  });

  test("names that a stranger chose are not written", async () => {
    const app = serve();
    for (const path of ["/hooks/mallory/x", "/hooks/eve/y", "/hooks/acme/zed", "/hooks/acme/zet"])
      await app.send(unsigned({ path }));
    expect(app.lines()).toEqual([{ outcome: "unknown_account" }, { outcome: "unknown_source", account: "acme" }]);
  });
});

describe("what is never written", () => {
  test("secrets, tokens, signatures, payloads, paths", async () => {
    const app = serve();
    const requests = [
      await signed({ headers: { authorization: "Bearer abc" } }),
      unsigned({ path: "/hooks/acme/billing/secret-in-the-path-0" }),
      unsigned({ path: `/hooks/acme/forms/${ENV.ACME_FORMS_SECRET}`, body: "entry=1&email=person%40example.com" }),
      unsigned({ path: "/hooks/acme/forms/wrong-token-0123456789", body: "entry=1" }),
      await signed({ body: "{" }),
      unsigned({ path: "/hooks/acme/broken?hello=1", method: "GET" }),
    ];
    for (const request of requests) await app.send(request);
    const written = json(app.written);
    const values = Object.entries(ENV).flatMap(([name, value]) =>
      /_SECRET|_KEY|_TOKEN/.test(name) ? String(value).split(" ") : [],
    );
    for (const text of [
      ...values,
      "Bearer",
      "v1=",
      "19.99",
      "person",
      "secret-in-the-path",
      "wrong-token",
      "/hooks",
      "private text",
    ]) {
      expect(written).not.toContain(text);
    }
  });

  test("anything but the name of our own failure", async () => {
    const app = serve();
    await app.send(unsigned({ path: "/hooks/acme/broken?hello=1", method: "GET" }));
    expect(app.lines()).toEqual([{ outcome: "defect", error: "RangeError" }]);
  });
});

test("problems of the configuration are logged once", async () => {
  const app = serve();
  await app.get("/healthz");
  await app.get("/healthz");
  expect(app.written.map(({ line }) => line)).toEqual([
    {
      outcome: "configuration",
      problem: expect.stringMatching(/^account acme, source unset: ACME_UNSET_SECRET: set this secret/),
    },
    { outcome: "configuration", problem: expect.stringMatching(/^account elsewhere: region: this Worker serves only "us"/) },
  ]);
});
