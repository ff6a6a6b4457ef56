/**
 * Where ingest turns with what concerns a source that has an object of its own.
 */
import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { ENV, NOW, REGISTRY, serve, signed } from "./vendors.ts";

const alerts = { url: "https://chat.example.com", form: "chat" };
const env = {
  ...ENV,
  ACCOUNTS: { acme: { region: "us", alerts, sources: { billing: { shard: true }, chat: {} } } },
};

const forged = () => signed({ secret: "bsec_cccccccccccccccccccc" });

test("a webhook goes to the source's own object, and log and counters name it as its URL does", async () => {
  const app = serve({ env });
  expect((await app.send(signed())).status).toBe(200);
  expect(app.accounts).toEqual(["us/acme.billing"]);
  expect(app.lines()).toMatchObject([{ outcome: "accepted", account: "acme", source: "billing" }]);
  expect((await app.send(signed({ path: "/hooks/acme.billing/billing" }))).status).toBe(404);
  expect(app.lines().slice(1)).toEqual([{ outcome: "unknown_account" }]);
});

test("what fails is told to the object that gets the webhooks", async () => {
  const told: string[] = [];
  const works: Promise<unknown>[] = [];
  const unasked = () => {
    throw new Error("nothing else is asked");
  };
  const app = createApp({
    adapters: REGISTRY,
    now: () => NOW,
    write: () => {},
    accountObject: ({ name }) => ({
      ...{ accept: unasked, acceptAll: unasked, operate: unasked, wipe: unasked, watch: unasked },
      failed: async (source) => void told.push(`${name}/${source}`),
    }),
  });
  const context = { waitUntil: (work: Promise<unknown>) => void works.push(work) };
  for (let count = 0; count < 3; count += 1) expect((await app.fetch(await forged(), env, context)).status).toBe(401);
  await Promise.all(works);
  expect(told).toEqual(["acme.billing/billing"]);
});
