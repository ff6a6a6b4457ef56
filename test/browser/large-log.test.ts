/**
 * The pages of an account with 10^5 kept events: each is there before a reader would wonder. What they read is held by
 * `test/account/large-log.test.ts`; the time here is printed, and what is asserted leaves room for a busy machine.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Browser } from "playwright-core";
import * as z from "zod";
import { openPage, signIn, startBrowser } from "./browser.ts";
import { api, type LocalRun, sendBody, sendSample, startRun, TOKEN } from "./local-run.ts";

/** Events, most of them by the hundred in a webhook. */
const EVENTS = Number(process.env.LARGE_LOG) || 100_000;
const PER_WEBHOOK = 100;
const SINGLE = 200;

/** Webhooks on their way together. */
const TOGETHER = 8;

/** What a page should take, and what it may take on a machine that does other things too, milliseconds. */
const GOAL = 200;
const MOST = 2_000;

let run: LocalRun;
let browser: Browser;

before(async () => {
  run = await startRun();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await run?.stop();
});

/** Keeps the events, and waits until all of them are delivered. */
async function fill(): Promise<void> {
  const webhooks = Math.ceil((EVENTS - SINGLE) / PER_WEBHOOK);
  const base = { subscriptionId: 1, portalId: "demo", appId: 1, attemptNumber: 0, changeSource: "CRM_UI" };
  const postOne = async (webhook: number): Promise<void> => {
    const events = Array.from({ length: PER_WEBHOOK }, (_, place) => {
      const number = webhook * PER_WEBHOOK + place;
      const about = { eventId: 1_000_000 + number, objectId: 70_000 + (number % 5_000), occurredAt: Date.now() - number };
      return { ...base, ...about, subscriptionType: "contact.creation", changeFlag: "CREATED" };
    });
    const answer = await sendBody(run, "hubspot", events);
    assert.equal(answer?.status, 200, answer?.text);
  };
  for (let first = 0; first < webhooks; first += TOGETHER)
    await Promise.all(Array.from({ length: Math.min(TOGETHER, webhooks - first) }, (_, index) => postOne(first + index)));
  for (let index = 0; index < SINGLE; index += 1) await sendSample(run, "stripe", "customer.created");
  while ((await pendingEvents()) > 0) await setTimeout(200);
}

async function pendingEvents(): Promise<number> {
  const { sources } = ledgerSchema.parse(await api(run, "/ledger"));
  return Object.values(sources).reduce((sum, { pending }) => sum + pending, 0);
}

const ledgerSchema = z.object({ sources: z.record(z.string(), z.object({ pending: z.number(), received: z.number() })) });

const listSchema = z.object({ events: z.array(z.object({ source: z.string(), id: z.string() })) });

test(`each page of ${EVENTS} events`, { timeout: 900_000 }, async (t) => {
  await fill();
  const { sources } = ledgerSchema.parse(await api(run, "/ledger"));
  assert.ok(Object.values(sources).reduce((sum, { received }) => sum + received, 0) >= EVENTS);
  const [newest] = listSchema.parse(await api(run, "/events?limit=1")).events;
  const [other] = listSchema.parse(await api(run, "/events?source=hubspot&limit=1")).events;
  assert.ok(newest !== undefined && other !== undefined);
  const pages = [
    "/console",
    "/console/demo/events",
    "/console/demo/events?source=hubspot",
    "/console/demo/events?source=segment",
    "/console/demo/events?state=dead",
    "/console/demo/events?state=waiting_for_identity",
    "/console/demo/events?person=ada@example.com",
    "/console/demo/events?text=1000042",
    `/console/demo/events?id=${other.id}`,
    `/console/demo/event?source=${newest.source}&id=${newest.id}`,
    `/console/demo/event?source=${other.source}&id=${other.id}`,
    "/console/demo/dead",
    "/console/demo/people?name=ada@example.com",
    "/console/demo/conflicts",
    "/console/demo/sources",
  ];
  const { page, problems } = await openPage(browser, run.worker);
  await page.goto("/console");
  await signIn(page, TOKEN);
  for (const path of pages) {
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await page.goto(path, { waitUntil: "load" });
      times.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0]?.duration ?? Number.NaN));
    }
    const best = Math.min(...times);
    t.diagnostic(`${best.toFixed(0).padStart(5)} ms${best > GOAL ? " (!)" : ""}  ${path}`);
    assert.ok(best < MOST, `${path} took ${times.map(Math.round).join(", ")} ms`);
  }
  assert.deepEqual(problems, []);
});
