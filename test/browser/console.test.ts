/**
 * The console as an operator uses it: signs in, follows an event, replays what died, decides about a person. `SCREENSHOTS=1` makes the
 * pictures of the documentation anew.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { barriersOn, isTooWide } from "./accessibility.ts";
import { openPage, signIn, startBrowser, type Watched } from "./browser.ts";
import { api, type LocalRun, refuse, sendSample, startRun, TOKEN } from "./local-run.ts";

/** What a proxy adds: a local run is open to this machine only. */
const BEHIND_A_PROXY = { "x-forwarded-for": "203.0.113.7" };

const DESK = { width: 1200, height: 800 };
const PHONE = { width: 360, height: 740 };

/** Bytes of a picture of the documentation. */
const LARGEST_PICTURE = 150_000;

let run: LocalRun;
let browser: Browser;
let watched: Watched;
let page: Page;

before(async () => {
  run = await startRun();
  browser = await startBrowser();
  watched = await openPage(browser, run.worker, { extraHTTPHeaders: BEHIND_A_PROXY, viewport: DESK });
  page = watched.page;
});

after(async () => {
  await browser?.close();
  await run?.stop();
});

/** That everybody can use the page that is shown: in light and dark, at a desk and on a phone. */
async function isFor(everybody: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const size of [DESK, PHONE]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      const where = `${everybody}, ${colorScheme}, ${size.width} pixels wide`;
      assert.deepEqual(await barriersOn(page), [], where);
      assert.equal(await isTooWide(page), false, `${where}: it scrolls sideways`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
  assert.deepEqual(watched.problems, [], everybody);
}

async function picture(name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== "1") return;
  const path = new URL(`../../docs/images/${name}.png`, import.meta.url).pathname;
  await page.screenshot({ path });
  assert.ok(statSync(path).size < LARGEST_PICTURE, `${name} is larger than ${LARGEST_PICTURE} bytes`);
}

/** Loads the page again until it shows something. */
async function showsInTime(wanted: Locator): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    if ((await wanted.count()) > 0) return;
    await page.reload();
  }
  assert.fail(`the page never shows ${wanted}`);
}

describe("an operator", { concurrency: false, timeout: 600_000 }, () => {
  test("signs in", async () => {
    await page.goto("/console");
    assert.equal(await page.title(), "Sign in · Tributary");
    await isFor("sign-in");
    const token = page.getByLabel("ADMIN_TOKEN of this Worker");
    await token.fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("This is not the ADMIN_TOKEN").waitFor();
    await signIn(page, TOKEN);
    await isFor("overview");
  });

  test("sees an event that arrived, and opens it", async () => {
    await page.goto("/console/demo/events");
    await page.getByText("No event matches.").waitFor();
    await sendSample(run, "stripe", "customer.created");
    await page.getByRole("button", { name: "1 new" }).click();
    await page.locator(".badge.delivered").waitFor();
    await page.getByRole("link", { name: /^evt_/ }).first().click();
    await page.getByRole("heading", { name: /^Event evt_/ }).waitFor();
    await page.getByText(/by the source's secret/).waitFor();
    await page.getByText(/into batch/).waitFor();
    await isFor("event");
    await picture("event");
  });

  test("watches events arrive, and no row moves before they are asked for", async () => {
    await page.goto("/console/demo/events");
    const rows = page.locator("tbody tr");
    assert.equal(await rows.count(), 1);
    const [row] = await rows.all();
    const place = await row?.boundingBox();
    await Promise.all(
      ["invoice.paid", "invoice.payment_failed", "checkout.session.completed"].map((event) => sendSample(run, "stripe", event)),
    );
    const button = page.getByRole("button", { name: "3 new" });
    await button.waitFor();
    assert.equal(await rows.count(), 1);
    assert.deepEqual(await row?.boundingBox(), place);
    await button.click();
    assert.equal(await rows.count(), 4);
    assert.equal(await button.isVisible(), false);
    // What is shown goes on to say what became of it.
    await page.waitForFunction(() => document.querySelectorAll("tbody .delivered").length === 4);
    await isFor("events");
    await picture("events");
  });

  test("replays an event that died, and sees it delivered", async () => {
    await refuse(run, "dies@example.com");
    await sendSample(run, "stripe", "customer.created", {
      "ada@example.com": "dies@example.com",
      cus_xTxe3xEa0OXalM: "cus_dies",
    });
    await page.goto("/console/demo/dead");
    await showsInTime(page.getByText("Customer.io refused it, while it took others."));
    await isFor("dead letters");
    await picture("dead-letters");
    const id = await page.getByRole("link", { name: /^evt_/ }).first().innerText();
    await refuse(run, null);
    await page.getByLabel("Select all on this page").check();
    await page.getByRole("button", { name: "Replay the selected" }).click();
    await page.getByText("went back to the end of the inbox").waitFor();
    await page.goto(`/console/demo/events?id=${id}`);
    // The newest is the replay.
    await page.locator("tbody tr").first().locator(".delivered").waitFor();
    assert.deepEqual(await api(run, "/dead?text=dies"), { letters: [], total: 0, next: null });
  });

  test("decides about a person who exists twice", async () => {
    await sendSample(run, "segment", "track", { "user-1001": "user-twice", "anon-5001": "anon-twice" });
    await sendSample(run, "stripe", "customer.created", {
      "ada@example.com": "twice@example.com",
      cus_xTxe3xEa0OXalM: "cus_twice",
    });
    await page.goto("/console/demo/events?person=twice@example.com");
    await showsInTime(page.locator(".badge.delivered"));
    await sendSample(run, "segment", "identify", {
      "user-1001": "user-twice",
      "anon-5001": "anon-twice",
      "ada@example.com": "twice@example.com",
    });
    await page.goto("/console/demo/conflicts");
    await showsInTime(page.getByRole("link", { name: "user-twice" }));
    await isFor("conflicts");
    await page.getByRole("button", { name: /^Merge conflict/ }).click();
    await page.getByRole("button", { name: "Merge them" }).click();
    await page.getByText("The merge is sent with the next batch.").waitFor();
    await page.goto("/console/demo/conflicts?state=merged");
    await showsInTime(page.getByRole("link", { name: "user-twice" }));
  });

  test("finds a person, and how that is known", async () => {
    await page.goto("/console/demo/people");
    await page.getByLabel(/User id, address/).fill("twice@example.com");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { name: "Person twice@example.com" }).waitFor();
    await page.getByText("What Customer.io knows").first().waitFor();
    await isFor("people");
    await picture("people");
  });

  test("copies the address of a source for its vendor", async () => {
    await page.goto("/console/demo/sources");
    await page.getByRole("button", { name: "Copy the address of stripe" }).click();
    await page.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${run.worker}/hooks/demo/stripe`);
    await isFor("sources");
    await page.goto("/console");
    await isFor("overview with figures");
    await picture("overview");
  });

  test("sets up a source, and sends what its vendor would send, and what nobody should", async () => {
    await page.goto("/console/demo/sources");
    await page.getByRole("link", { name: "Set up and try stripe" }).click();
    await page.getByRole("heading", { name: "Set up and try stripe" }).waitFor();
    await isFor("composer");
    await picture("composer");
    for (const [button, answers] of [
      ["Send", ["200"]],
      ["Send unsigned", ["401"]],
      ["Send tampered with", ["401"]],
      ["Send stale", ["401"]],
      ["Send twice", ["200", "200"]],
    ] as const) {
      await page.getByLabel("Event").selectOption("invoice.paid");
      await page.getByRole("button", { name: button, exact: true }).click();
      await page.getByRole("heading", { name: "Sent" }).waitFor();
      assert.deepEqual(await page.locator("tbody tr td:first-child").allInnerTexts(), answers, button);
      if (button === "Send twice") await page.getByText('"duplicate":1').waitFor();
      else await page.getByRole("link", { name: "Send another" }).click();
      if (button !== "Send twice") await page.getByRole("heading", { name: "Set up and try stripe" }).waitFor();
    }
    await isFor("composer, sent");
    await page.getByRole("link", { name: /^evt_/ }).click();
    await page.locator(".badge.delivered").first().waitFor();
  });

  test("looks up what the sources can tell", async () => {
    await page.goto("/console/demo/plan");
    await page.getByRole("cell", { name: "Payment Failed", exact: true }).waitFor();
    await isFor("tracking plan");
  });

  test("uses the keyboard", async () => {
    await page.goto("/console/demo/events");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(new URL(page.url()).hash, "#main");
  });

  test("signs out", async () => {
    await page.goto("/console");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("ADMIN_TOKEN of this Worker").waitFor();
    await page.goto("/console/demo/events");
    assert.equal(await page.title(), "Sign in · Tributary");
    assert.deepEqual(watched.problems, []);
  });
});
