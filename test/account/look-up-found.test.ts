/**
 * What a look-up tells of the event that named the id: its handler reads it, so that the event leaves whole.
 */
import { expect, test } from "vitest";
import * as z from "zod";
import type { AcceptRequest } from "../../src/account/rpc.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { inObject, type Parts, START } from "./support.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

const sent = z.object({
  batch: z.array(
    z.looseObject({
      type: z.string(),
      userId: z.string().optional(),
      event: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
      traits: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

type Sent = z.output<typeof sent>["batch"][number];

const lead = fixturesOf("meta-leads").find(({ name }) => name === "leadgen.looked_up");

/** The webhook of one lead. */
function webhook(id: string): AcceptRequest {
  const body = (lead?.text ?? "").replaceAll("504300000000001", id);
  return {
    source: "meta-leads",
    receivedAt: START,
    format: "json",
    headers: {},
    query: {},
    nonce: null,
    body: utf8Bytes(body),
    proof: null,
    events: [{ id: `lead:${id}`, type: "leadgen" }],
    ignored: {},
    unreadable: [],
  };
}

/** Meta's API, which refuses what the key may not read. @returns paths that were asked, and calls that left */
function withMeta(parts: Parts, mayReadAds: boolean): { readonly asked: string[]; readonly left: Sent[] } {
  const adapter = ADAPTERS.get("meta-leads");
  if (adapter === undefined) throw new Error("the adapter is missing");
  const api = { key: "page-token", hosts: new Map([["graph.facebook.com", "graph.facebook.com"]]) };
  const found = { asked: [] as string[], left: [] as Sent[] };
  parts.account = accountOf([sourceOf(adapter, { api })]);
  parts.fetch = async (url) => {
    const { pathname, searchParams } = new URL(url);
    const fields = (searchParams.get("fields") ?? "").split(",");
    found.asked.push(`${pathname} ${fields.length}`);
    if (!mayReadAds && fields.includes("campaign_name")) return Response.json({ error: { code: 200 } }, { status: 400 });
    const answer = z.record(z.string(), z.unknown()).parse(lead?.lookup);
    const told = Object.entries(answer).filter(([name]) => fields.includes(name));
    return Response.json({ ...Object.fromEntries(told), id: pathname.slice(1) });
  };
  parts.answer = (body) => {
    found.left.push(...sent.parse(JSON.parse(body)).batch);
    return 200;
  };
  return found;
}

test.each([MINUTE, 0])("a lead leaves with its answers and its campaign, about the person (a wait of %i ms)", async (hold) => {
  await inObject(async (parts) => {
    parts.hold = hold;
    const { asked, left } = withMeta(parts, true);
    await parts.accept(webhook("1"));
    await parts.run();
    expect(asked).toEqual(["/1 9"]);
    expect(left.find(({ type }) => type === "identify")).toMatchObject({ userId: "ada@example.com" });
    expect(left.filter(({ event }) => event === "Form Submitted")).toMatchObject([
      {
        userId: "ada@example.com",
        properties: {
          submission_id: "1",
          campaign_name: "Autumn trial",
          ad_name: "Video A",
          utm_source: "instagram",
          answer_how_many_people_work_with_you: "10-50",
          answer_what_do_you_need: ["Billing", "Reports"],
        },
      },
    ]);
  });
});

test("a key that may not read advertisements is asked for the answers alone", async () => {
  await inObject(async (parts) => {
    const { asked, left } = withMeta(parts, false);
    await parts.accept(webhook("1"));
    await parts.run();
    expect(asked).toEqual(["/1 9", "/1 2"]);
    const [form] = left.filter(({ event }) => event === "Form Submitted");
    expect(form?.properties).toMatchObject({ answer_how_many_people_work_with_you: "10-50" });
    expect(form?.properties).not.toHaveProperty("campaign_name");
  });
});

test("what was told of an event is forgotten after a day", async () => {
  await inObject(async (parts) => {
    withMeta(parts, true);
    await parts.accept(webhook("1"));
    await parts.run();
    const notes = () => parts.store.run("SELECT value FROM people_note WHERE kind = 'lookup'");
    expect(JSON.stringify(notes())).toContain("10-50");
    parts.now += DAY + MINUTE;
    parts.retire();
    expect(notes()).toEqual([]);
  });
});
