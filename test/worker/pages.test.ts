/**
 * The pages of the console, over the real account object.
 */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
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

test.each([
  ["events", "events", "page"],
  ["sources", "sources", "page"],
  ["guide?source=stripe", "sources", "true"],
  ["event?source=stripe&id=evt_page_way", "events", "true"],
])("the way around says where %s is", async (path, room, current) => {
  if (path.startsWith("event?")) {
    await sendCustomer("evt_page_way", { id: "cus_page_way", email: "way@example.com" });
    await ends("evt_page_way", "delivered");
  }
  const [, rooms = ""] = /<nav class="rooms"[^>]*>(.*?)<\/nav>/s.exec(await (await get(`/console/demo/${path}`)).text()) ?? [];
  const marked = [...rooms.matchAll(/<a href="\/console\/demo\/(\w+)" aria-current="(\w+)"/g)].map(([, name, as]) => [name, as]);
  expect(marked).toEqual([[room, current]]);
});

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
      /Timeline received .* verified .* by the source's secret kept .* mapped .* 2 drafts by today's adapter packed .* about page3@example.com, into batch \d+, with \d+ others? sent .* answered .*200/,
    );
    expect(text).toContain("page3@example.com an id of the event leads to the address claimed");
    expect(text).toContain('"name":"Ada <b>Page</b>"');
    expect(text).toMatch(/Call 1 of 2, \d+ bytes/);
    expect(text).toMatch(/Happened \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
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

describe("people", () => {
  test("are found by address and a vendor's id: what Customer.io would know, and how that is known", async () => {
    await sendCustomer("evt_page_5", { id: "cus_page_5", email: "page5@example.com", name: "Ada Page" });
    await ends("evt_page_5", "delivered");
    for (const name of ["page5@example.com", "stripe:customer:cus_page_5"]) {
      const text = await read(`/console/demo/people?name=${name}`);
      expect(text).toContain("An event with this name goes to page5@example.com");
      expect(text).toMatch(/What Customer.io knows, or is told with the next event .* name "Ada Page"/);
      expect(text).toMatch(/stripe:customer:cus_page_5 person .* evt_page_5/);
    }
    expect(await read("/console/demo/events?person=page5@example.com")).toContain("evt_page_5");
    expect(await read("/console/demo/people?name=nobody@example.com")).toContain("knows nobody by this name");
    expect(await read("/console/demo/people")).toContain("User id, address, or source:kind:id");
  });

  test("who exist twice are merged once the operator is sure, or the conflict is dismissed", async () => {
    const conflict = { number: 7, state: "open", reason: "address_left_first", keep: "u_7", fold: "seven@example.com" };
    const shown = { ...conflict, at: 1, foundAt: 1, mergeable: true, text: "They are one." };
    const asked: string[] = [];
    const app = createApp({
      accountObject: () => ({
        wipe: async () => true,
        accept: async () => ({ kind: "refused", reason: "busy" }),
        acceptAll: async () => [],
        failed: async () => {},
        watch: async () => {
          throw new Error("nobody watches");
        },
        operate: async (name, input) => {
          asked.push(`${name} ${input}`);
          if (name === "conflicts.list")
            return {
              ok: true,
              value: JSON.stringify({ conflicts: [shown, { ...shown, number: 8, mergeable: false }], open: 2, next: "8" }),
            };
          return name === "conflicts.decide" && input.includes("9")
            ? { ok: false, refusal: "absent", problem: null }
            : { ok: true, value: "{}" };
        },
      }),
      write: () => {},
    });
    const ask = (method: "GET" | "POST", fields: Readonly<Record<string, string>> = {}) =>
      app.fetch(
        new Request(`${BASE}/console/demo/conflicts`, {
          method,
          headers: { origin: BASE, "content-type": "application/x-www-form-urlencoded" },
          ...(method === "GET" ? {} : { body: new URLSearchParams(fields).toString() }),
        }),
        { ...env },
      );
    const page = textOf(await (await ask("GET")).text());
    expect(page).toMatch(
      /2 open\. .* u_7 seven@example\.com They are one\. Merge … Dismiss .* They are one\. Dismiss Younger conflicts/,
    );

    const sure = await ask("POST", { number: "7", decision: "merge" });
    expect([sure.status, textOf(await sure.text())]).toEqual([200, expect.stringContaining("This cannot be undone.")]);
    expect(asked.filter((line) => line.startsWith("conflicts.decide"))).toEqual([]);
    const merged = await ask("POST", { number: "7", decision: "merge", sure: "yes" });
    expect([merged.status, merged.headers.get("location")]).toEqual([303, "/console/demo/conflicts?done=merge"]);
    expect((await ask("POST", { number: "8", decision: "dismiss" })).status).toBe(303);
    expect((await ask("POST", { number: "9", decision: "dismiss" })).status).toBe(404);
    expect(asked.slice(1)).toEqual(
      [
        { number: 7, decision: "merge" },
        { number: 8, decision: "dismiss" },
        { number: 9, decision: "dismiss" },
      ].map((input) => `conflicts.decide ${JSON.stringify(input)}`),
    );
  });

  test("of whom there is no conflict are not decided about by the real account", async () => {
    expect(
      (
        await send("/console/demo/conflicts", [
          ["number", "99999"],
          ["decision", "dismiss"],
        ])
      ).status,
    ).toBe(404);
    expect(
      (
        await send("/console/demo/conflicts", [
          ["number", "x"],
          ["decision", "merge"],
        ])
      ).status,
    ).toBe(400);
  });
});

describe("accounts and sources", () => {
  test("are shown with how they are doing, and with the address for the vendor", async () => {
    for (const page of ["/console", "/console/demo/sources"])
      expect(await read(page), page).toMatch(/stripe ok http:\/\/127\.0\.0\.1:8787\/hooks\/demo\/stripe Copy one /);
    expect(await read("/console")).toMatch(/demo-eu (ready|held|unusable)/);
    expect(await read("/console/demo/sources")).toContain("stripe stripe body");
  });

  test("have a page that says how the vendor is set up", async () => {
    expect(await (await get("/console/demo/sources")).text()).toContain('href="/console/demo/guide?source=stripe"');
    const text = await read("/console/demo/guide?source=stripe");
    expect(text).toMatch(/\/hooks\/demo\/stripe Copy .* At Stripe In Workbench, go to Webhooks/);
    expect(text).toContain("The vendor's page about its webhooks");
    for (const source of ["", "nobody", "constructor"])
      expect((await get(`/console/demo/guide?source=${source}`)).status, source).toBe(404);
  });

  test("have a tracking plan: which source can tell an event, and which were told lately", async () => {
    await sendCustomer("evt_page_plan", { id: "cus_page_plan", email: "plan@example.com" });
    await ends("evt_page_plan", "delivered");
    const text = await read("/console/demo/plan");
    expect(text).toMatch(/Payment Failed [^0-9]*paddle[^0-9]*, stripe/);
    expect(text).toMatch(/Contact Created [^0-9]*stripe[^0-9]* [1-9]\d* /);
    const told = await (await get("/api/v1/accounts/demo/told")).json();
    expect(told).toMatchObject({
      events: expect.arrayContaining([{ event: "Contact Created", source: "stripe", count: expect.any(Number) }]),
      since: expect.any(Number),
    });
  });

  test("that do not exist have no page", async () => {
    for (const path of ["/console/nobody/events", "/console/demo/nothing", "/console/demo", "/console/demo/dead/1"])
      expect((await get(path)).status, path).toBe(404);
  });
});
