/**
 * One description of a campaign matches for every vendor that bills and tells its facts: `test/campaign/<id>.ts`.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { findFixture } from "../../src/cli/fixtures.ts";
import { inProject } from "../../src/cli/project.ts";
import { planned } from "../../src/cli/vendors.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { CAMPAIGN, type Call, CONDITIONS, type Condition, conditionsMet, type Story } from "../campaign/campaign.ts";
import { changedFixture, type Webhook } from "../support/changed-fixtures.ts";
import { openMemoryAccount } from "../support/memory-account.ts";
import { ADAPTERS } from "../support/registry.ts";
import { sourceFor, storedWebhook } from "../support/requests.ts";
import { VENDORS } from "./all-vendors.ts";

const storyModule = z.object({
  default: z.custom<Story>((value) => typeof value === "object" && value !== null && "webhooks" in value),
});

/** What a vendor's file says; `null` where there is none. */
async function loadStory(id: string): Promise<Story | null> {
  const path = inProject(`test/campaign/${id}.ts`);
  return existsSync(path) ? storyModule.parse(await import(pathToFileURL(path).href)).default : null;
}

/** The calls that leave an account whose only source is the vendor's. */
async function callsAfter(adapter: Adapter, webhooks: readonly Webhook[]): Promise<readonly Call[]> {
  const { id } = adapter;
  const account = openMemoryAccount({ sources: { [id]: { people: "create" } } });
  for (const { fixture: name, change } of webhooks) {
    const fixture = findFixture(id, name);
    if (fixture?.name !== name) throw new Error(`There is no fixture test/fixtures/${id}/${name}.json`);
    const changed = changedFixture(fixture, change);
    // Some vendors put tokens into the body when they sign.
    const { body } = await storedWebhook(sourceFor(adapter, changed), changed);
    await account.receive({ source: id, adapter: id, headers: changed.headers, body: new TextDecoder().decode(body) });
    await account.advance(1000);
  }
  return account.calls().map(({ call }) => call);
}

const billing = planned(VENDORS).filter(({ plan }) => plan.families.includes("billing"));

describe.each(billing)("$adapter.id", async ({ adapter, events }) => {
  const { id } = adapter;
  const told = events.find(({ event }) => event === CAMPAIGN.event);
  const story = await loadStory(id);

  test("says how the campaign starts where it tells of payments that fail", () => {
    expect(story !== null, `test/campaign/${id}.ts, see test/campaign/stripe.ts`).toBe(told !== undefined);
  });

  test.skipIf(story === null)("starts the campaign, by everything that it can tell", async () => {
    const { webhooks = [], cannot = {} } = story ?? {};
    const met = conditionsMet(await callsAfter(adapter, webhooks));
    const expected: readonly Condition[] = CONDITIONS.filter((name) => !(name in cannot));
    expect(met && CONDITIONS.filter((name) => met.has(name))).toEqual(expected);
    // What a vendor is said not to tell is told by none of its webhooks.
    if ("attempt" in cannot) expect(told?.properties).not.toContain("attempt");
  });

  test.skipIf(story === null)("starts no campaign without a payment that failed", async () => {
    const calls = await callsAfter(adapter, story?.webhooks ?? []);
    expect(conditionsMet(calls.filter(({ event }) => event !== CAMPAIGN.event))).toBe(null);
    expect(calls.filter(({ event }) => event === CAMPAIGN.event)).toHaveLength(1);
  });
});

// Where one adapter is chosen that bills nobody.
test.skipIf(billing.length > 0)("needs a vendor that bills", () => expect(ADAPTERS.size).toBe(1));
