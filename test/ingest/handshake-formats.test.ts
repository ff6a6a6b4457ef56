/**
 * A handshake whose body is written otherwise than the vendor's webhooks are, all the way through the Worker.
 */
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/load.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { platformTimer } from "../../src/ingest/clock.ts";
import { createHandOver } from "../../src/ingest/hand-over.ts";
import { receive } from "../../src/ingest/receive.ts";
import { requestClock } from "../../src/ingest/request-clock.ts";
import { ADAPTERS } from "../support/registry.ts";

const config = readConfig(
  {
    REGION: "us",
    ACCOUNTS: { acme: { region: "us", sources: { woocommerce: {} } } },
    ACME_CDP_API_KEY: "key_of_acme",
    ACME_WOOCOMMERCE_SECRET: "0123456789abcdef0123",
  },
  ADAPTERS,
);

const clock = { now: Date.now, after: platformTimer };

function ping(body: string) {
  const request = new Request("https://worker.example/hooks/acme/woocommerce", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  return receive(
    request,
    { account: "acme", source: "woocommerce", token: null },
    {
      config,
      budget: bodyBudget(Date.now),
      clock: requestClock(clock),
      now: Date.UTC(2026, 10, 23, 12),
      keys: { read: async () => null, readNamed: async () => null },
      handOver: createHandOver(clock.now),
      waitUntil: () => {},
      accountObject: () => {
        throw new TypeError("nothing is to be kept");
      },
    },
  );
}

test("an unsigned form is answered where the webhooks are signed JSON", async () => {
  expect(await ping("webhook_id=12")).toMatchObject({ outcome: "handshake", answer: { status: 200, body: "ok" } });
});

test.each(["webhook_id=12&more=1", "webhook_id=x", "webhook_id=1&webhook_id=2", '{"webhook_id":"12"}', ""])(
  "%s is unverified",
  async (body) => {
    expect(await ping(body)).toMatchObject({ outcome: "unverified" });
  },
);
