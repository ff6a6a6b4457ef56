/**
 * The pages of the console, over the real account object.
 */
import { exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { ADAPTERS } from "../support/registry.ts";

const BASE = "http://127.0.0.1:8787";

const get = (path: string): Promise<Response> => exports.default.fetch(new Request(BASE + path));

/** Sends a form as the page does. */
const send = (path: string, fields: readonly (readonly [string, string])[]): Promise<Response> =>
  exports.default.fetch(
    new Request(BASE + path, {
      method: "POST",
      redirect: "manual",
      headers: { origin: BASE, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(),
    }),
  );

/** A page as a reader sees it: without its markup. */
async function read(path: string): Promise<string> {
  const answer = await get(path);
  expect(answer.status, path).toBe(200);
  return textOf(await answer.text());
}

function textOf(markup: string): string {
  const text = markup
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'");
  return text.replace(/\s+/g, " ");
}

/** Sends a new customer of a vendor. */
async function sendCustomer(id: string, customer: Readonly<Record<string, unknown>>): Promise<void> {
  const stripe = ADAPTERS.get("stripe");
  const configured = stripe?.configure({});
  if (!stripe || !configured?.ok) throw new Error("there is no such adapter");
  const created = Math.floor(Date.now() / 1_000);
  const event = {
    ...{ id, object: "event", type: "customer.created", created, livemode: true },
    data: { object: { object: "customer", created, ...customer } },
  };
  const url = `${BASE}/hooks/demo/stripe`;
  const body = utf8Bytes(JSON.stringify(event));
  const { headers } = await configured.adapter.verifier.sign(
    { method: "POST", url, headers: new Headers(), query: new URLSearchParams(), pathToken: null, body },
    stripe.secret.demo,
    Date.now(),
  );
  const answer = await exports.default.fetch(new Request(url, { method: "POST", headers, body }));
  expect(await answer.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
}

const listed = z.object({ events: z.array(z.looseObject({ id: z.string(), state: z.string() })) });

/** Waits until an event has come to this end. */
async function ends(id: string, state: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const { events } = listed.parse(await (await get(`/api/v1/accounts/demo/events?id=${id}`)).json());
    return events[0]?.state === state;
  };
  await vi.waitUntil(isThere, { timeout: 60_000, interval: 50 });
}

describe("events", () => {
  test("are found by the filters of the address, and the older ones by a link", async () => {
    await sendCustomer("evt_page_1", { id: "cus_page_1", email: "page1@example.com" });
    await sendCustomer("evt_page_2", { id: "cus_page_2", email: "page2@example.com" });
    await ends("evt_page_2", "delivered");
    expect(await read("/console/demo/events?source=stripe&type=&id=")).toMatch(/evt_page_2 .*evt_page_1 /);
    const found = await read("/console/demo/events?id=evt_page_1");
    expect(found).toContain("evt_page_1");
    expect(found).not.toContain("evt_page_2");
    expect(await read("/console/demo/events?state=dead&text=evt_page_1")).toContain("No event matches.");
    expect(await read("/console/demo/events?source=stripe&from=2026-01-01T00:00")).toContain("evt_page_2");
    expect(await read("/console/demo/events?source=stripe&to=2026-01-01T00:00:00")).not.toContain("evt_page_2");
    const page = await (await get("/console/demo/events?text=evt_page_&limit=1")).text();
    const older = /<a rel="next" href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(older).toMatch(/^\/console\/demo\/events\?text=evt_page_&cursor=/);
    expect(await read(older)).toContain("evt_page_1");
  });

  test("of unknown filters are refused with what is known", async () => {
    const answer = await get("/console/demo/events?state=lost");
    expect([answer.status, textOf(await answer.text())]).toEqual([400, expect.stringContaining("Each at most once")]);
  });

  test("have a page with their whole way, the person and why, and the calls as sent", async () => {
    await sendCustomer("evt_page_3", { id: "cus_page_3", email: "page3@example.com", name: "Ada <b>Page</b>" });
    await ends("evt_page_3", "delivered");
    const text = await read("/console/demo/event?source=stripe&id=evt_page_3");
    expect(text).toMatch(
      /Timeline received .* verified .* by the source's secret kept .* mapped .* 2 draft\(s\) by today's adapter sealed .* about page3@example.com, into batch \d+, with \d+ others? sent .* answered .*200/,
    );
    expect(text).toContain("page3@example.com an id of the event leads to the address claimed");
    expect(text).toContain('"name":"Ada <b>Page</b>"');
    expect(text).toMatch(/Call 1 of 2, \d+ bytes/);
    const body = await get("/console/demo/body?source=stripe&id=evt_page_3");
    expect(Object.fromEntries(body.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": expect.stringMatching(/^attachment; filename="webhook-\d+\.txt"$/),
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(await body.json()).toMatchObject({ id: "evt_page_3" });
    expect((await get("/console/demo/event?source=stripe&id=evt_nowhere")).status).toBe(404);
  });

  test("are replayed after a warning where they are young", async () => {
    await sendCustomer("evt_page_4", { id: "cus_page_4", email: "page4@example.com" });
    await ends("evt_page_4", "delivered");
    const name = [
      ["source", "stripe"],
      ["id", "evt_page_4"],
    ] as const;
    const asked = await send("/console/demo/replay", name);
    expect([asked.status, textOf(await asked.text())]).toEqual([409, expect.stringContaining("may start automations")]);
    const done = await send("/console/demo/replay", [...name, ["may_trigger", "yes"]]);
    expect([done.status, done.headers.get("location")]).toEqual([
      303,
      "/console/demo/event?source=stripe&id=evt_page_4&done=replayed",
    ]);
    expect(await read(done.headers.get("location") ?? "")).toContain("It went back to the end of the inbox.");
    await ends("evt_page_4", "delivered");
    expect(await read("/console/demo/event?source=stripe&id=evt_page_4")).toContain("by an operator");
    expect((await send("/console/demo/replay", [["id", "evt_nowhere"]])).status).toBe(409);
  });
});

describe("dead letters", () => {
  const numbersIn = async (): Promise<readonly string[]> => {
    const page = await (await get("/console/demo/dead?text=evt_page_dead")).text();
    return [...page.matchAll(/name="number" value="(\d+)"/g)].map(([, number = ""]) => number);
  };
  const chosen = (numbers: readonly string[]) => numbers.map((number) => ["number", number] as const);

  test("say why, are replayed, and discarded once the operator is sure", async () => {
    await sendCustomer("evt_page_dead", { id: {} });
    await ends("evt_page_dead", "dead");
    const page = await read("/console/demo/dead?text=evt_page_dead");
    expect(page).toMatch(/evt_page_dead schema .*id.* A field that the adapter needs is not as the vendor documents it/);

    const first = await numbersIn();
    const replayed = await send("/console/demo/dead", [["action", "replay"], ...chosen(first)]);
    expect([replayed.status, replayed.headers.get("location")]).toEqual([303, "/console/demo/dead?done=replay"]);
    expect(await read("/console/demo/dead?done=replay")).toContain("went back to the end of the inbox");
    // Nothing was mended: it dies again.
    await vi.waitUntil(async () => (await numbersIn()).some((number) => !first.includes(number)), {
      timeout: 60_000,
      interval: 50,
    });

    const again = await numbersIn();
    const asked = await send("/console/demo/dead", [["action", "discard"], ...chosen(again)]);
    expect([asked.status, textOf(await asked.text())]).toEqual([200, expect.stringContaining("This cannot be undone.")]);
    expect(await numbersIn()).toEqual(again);
    expect((await send("/console/demo/dead", [["action", "discard"], ["sure", "yes"], ...chosen(again)])).status).toBe(303);
    expect(await numbersIn()).toEqual([]);
  });

  test("of which none is selected do not move", async () => {
    for (const fields of [
      [
        ["action", "discard"],
        ["sure", "yes"],
      ],
      [
        ["action", "all"],
        ["number", "1"],
      ],
    ] as const)
      expect((await send("/console/demo/dead", fields)).status).toBe(400);
  });
});
