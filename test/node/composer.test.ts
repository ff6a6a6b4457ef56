/**
 * The command that composes samples for the console of a local run: which requests it answers.
 */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMPOSER_HOST, type Composer, startComposer } from "../../src/cli/composer.ts";

let composer: Composer;

beforeAll(async () => {
  // Nothing serves there.
  composer = await startComposer(null, () => "http://127.0.0.1:9");
});

afterAll(() => composer.stop());

/** Asks as the Worker does, except for what is given. */
function ask(question: unknown, { method = "POST", host = COMPOSER_HOST } = {}): Promise<{ status: number; answer: unknown }> {
  return new Promise((settle, fail) => {
    const [hostname, port] = composer.host.split(":");
    const sent = request({ hostname, port, method, headers: { host } }, async (response) =>
      settle({ status: response.statusCode ?? 0, answer: JSON.parse(await text(response)) }),
    );
    sent.on("error", fail);
    sent.end(method === "GET" ? undefined : JSON.stringify(question));
  });
}

const stripe = { account: "demo", source: "stripe" };

test("it says how a source is set up, and which samples there are", async () => {
  const { status, answer } = await ask(stripe);
  expect(status).toBe(200);
  expect(answer).toMatchObject({
    vendor: "Stripe",
    docs: expect.stringMatching(/^https:/),
    setup: expect.arrayContaining([expect.stringContaining("Webhook endpoint")]),
    events: expect.arrayContaining(["invoice.paid"]),
  });
});

test("it knows the sources of a shard as those of its account", async () => {
  expect((await ask({ account: "demo.stripe", source: "stripe" })).answer).toMatchObject({ vendor: "Stripe" });
});

test("it says what cannot be done", async () => {
  const nobody = await ask({ account: "demo", source: "nobody" });
  expect(nobody.answer).toEqual({ problem: expect.stringContaining("nobody") });
  const sample = await ask({ ...stripe, send: { event: "no.such", how: "signed" } });
  expect(sample.answer).toEqual({ problem: "There is no such sample." });
  // A token stands in a header, whatever the time and the body are.
  const timeless = await ask({ account: "demo", source: "gumroad", send: { event: "subscription_updated.tier", how: "stale" } });
  expect(timeless.answer).toEqual({ problem: expect.stringContaining("has no time") });
  const away = await ask({ ...stripe, send: { event: "invoice.paid", how: "signed" } });
  expect(away.answer).toMatchObject({ answers: [{ status: 0, text: "no answer" }] });
});

test.each([
  { host: "127.0.0.1" },
  { host: "localhost:1234" },
  { host: "evil.example" },
  { host: "composer:80" },
  { method: "GET" },
])("it answers no page of the web: %j", async (given) => {
  expect((await ask(stripe, given)).status).toBe(400);
});

test.each([null, {}, { ...stripe, more: 1 }, { ...stripe, send: { event: "invoice.paid", how: "forged" } }, "x".repeat(20_000)])(
  "it takes no other question (%#)",
  async (question) => {
    expect((await ask(question)).status).toBe(400);
  },
);
