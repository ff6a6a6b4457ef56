/**
 * The whole Worker: from a signed request to what the sandbox took, through the real account object.
 */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { ADAPTERS } from "../support/registry.ts";

const stripe = ADAPTERS.get("stripe");
if (stripe === undefined) throw new Error("there is no such adapter");

const calls = z.object({
  calls: z.array(
    z.looseObject({
      seq: z.number(),
      region: z.string(),
      path: z.string(),
      event: z.looseObject({ type: z.string(), userId: z.string() }),
    }),
  ),
});

/** A signed webhook about a new customer of this id and address. */
async function signed(id: string, address: string, account: string): Promise<Request> {
  const body = utf8Bytes(
    JSON.stringify({
      id,
      object: "event",
      type: "customer.created",
      created: 1_795_000_000,
      livemode: true,
      data: { object: { id: `cus_${id}`, object: "customer", email: address, name: "Ada Example", metadata: {} } },
    }),
  );
  const configured = stripe?.configure({});
  if (!configured?.ok) throw new Error("it takes no options");
  const url = `http://127.0.0.1:8787/hooks/${account}/stripe`;
  const request = await configured.adapter.verifier.sign(
    {
      method: "POST",
      url,
      headers: new Headers({ "content-type": "application/json" }),
      query: new URLSearchParams(),
      pathToken: null,
      body,
    },
    stripe?.secret.demo ?? "",
    Date.now(),
  );
  return new Request(url, { method: "POST", headers: request.headers, body: request.body });
}

const sandbox = (path: string): Promise<Response> => env.CDP_US.fetch(`http://127.0.0.1:8788${path}`);

/** Calls about a person, once there are so many. */
async function callsAbout(region: string, userId: string, count: number): Promise<z.output<typeof calls>["calls"]> {
  let after = 0;
  const found: z.output<typeof calls>["calls"] = [];
  while (found.length < count) {
    await sandbox(`/_sandbox/calls/wait?region=${region}&count=1&after=${after}&timeout=10000`);
    const page = calls.parse(await (await sandbox(`/_sandbox/calls?region=${region}&after=${after}`)).json());
    if (page.calls.length === 0) throw new Error("nothing more arrives");
    after = page.calls.at(-1)?.seq ?? after;
    found.push(...page.calls.filter((call) => call.event.userId === userId));
  }
  return found;
}

describe("end to end", () => {
  test.each([
    ["demo", "us"],
    ["demo-eu", "eu"],
  ])("of account %s ends in region %s, once, with identify first", async (account, region) => {
    const [id, address] = [`evt_${region}`, `ada.${region}@example.com`];
    const first = await exports.default.fetch(await signed(id, address, account));
    expect([first.status, await first.json()]).toEqual([200, { accepted: 1, duplicate: 0, ignored: 0 }]);
    const second = await exports.default.fetch(await signed(id, address, account));
    expect([second.status, await second.json()]).toEqual([200, { accepted: 0, duplicate: 1, ignored: 0 }]);

    const taken = await callsAbout(region, address, 2);
    expect(taken.map(({ event, path }) => [path, event.type, event.event])).toEqual([
      ["/v1/batch", "identify", undefined],
      ["/v1/batch", "track", "Contact Created"],
    ]);
    expect(taken[1]?.event).toMatchObject({
      properties: { provider: "stripe", source: "stripe", source_event: "customer.created" },
    });
    for (const { event } of taken) expect(event.messageId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  test("a forged webhook is refused, and nothing is stored", async () => {
    const request = await signed("evt_forged", "eve@example.com", "demo");
    const forged = new Request(request.url, { method: "POST", headers: request.headers, body: `${await request.text()} ` });
    expect((await exports.default.fetch(forged)).status).toBe(401);
  });
});
