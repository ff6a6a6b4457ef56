/**
 * How the accounts of the directory are doing, for `/readyz` and `/metrics`: all of them, a page at a time, and in time.
 */
import { describe, expect, test } from "vitest";
import { createActivity } from "../../src/account/outbox/activity.ts";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config/load.ts";
import type { AccountPlace, Config } from "../../src/config/model.ts";
import { askPage } from "../../src/console/directory/standings.ts";
import { ask, isolateOf } from "./support.ts";

const NOW = 1_795_000_000_000;

const standing = (fields: object = {}) =>
  JSON.stringify({
    ...{ sources: {}, oldestPending: null, drift: [], alerts: { on: false, open: [], unsent: 0 }, hold: null, heldSources: [] },
    ...{ failures: 0, dead: 0, conflicts: 0, waiting: 0, bytes: 0, activity: createActivity().current() },
    ...fields,
  });

/** A configuration over a directory with these accounts. */
function configWith(places: readonly AccountPlace[], isDown = false): Config {
  const config = readConfig({ REGION: "us", ACCOUNTS: { declared: { region: "us" } } }, new Map());
  const list = isDown ? () => Promise.reject(new Error("it does not answer")) : async () => places;
  return { ...config, directory: { problem: null, find: async () => null, callerOf: async () => null, places: list } };
}

const placesOf = (count: number): readonly AccountPlace[] =>
  Array.from({ length: count }, (_, number) => {
    const name = `acme-${String(number).padStart(4, "0")}`;
    return { name, id: `${name}~1`, region: "us" as const };
  }).toReversed();

describe("a page", () => {
  /** Asks for a page, and counts the objects that were asked. @param each milliseconds that an answer takes */
  async function pageOf(config: Config, page: number, each = 0) {
    const asked: string[] = [];
    let now = NOW;
    const found = await askPage(config, page, {
      objectOf: ({ name }) => {
        asked.push(name);
        now += each;
        return { operate: async () => ({ ok: true, value: standing() }) };
      },
      now: () => now,
      after: () => () => undefined,
    });
    return { ...found, asked };
  }

  test("has at most 200 accounts, and says how many were left out", async () => {
    const config = configWith(placesOf(450));
    const pages = await Promise.all([1, 2, 3].map((page) => pageOf(config, page)));
    expect(pages.map(({ asked }) => asked.length)).toEqual([200, 200, 50]);
    expect(pages.map(({ leftOut, pages: all, isReached }) => [leftOut, all, isReached])).toEqual([
      [250, 3, true],
      [250, 3, true],
      [400, 3, true],
    ]);
    const names = pages.flatMap(({ standings }) => [...standings.keys()]);
    expect(names).toEqual(
      placesOf(450)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(await pageOf(config, 4)).toMatchObject({ asked: [], pages: 3 });
  });

  test("ends in time: who was not asked any more is left out", async () => {
    const { asked, leftOut, standings } = await pageOf(configWith(placesOf(200)), 1, 100);
    expect([asked.length, leftOut, standings.size]).toEqual([80, 120, 80]);
  });

  test("leaves out accounts of the other region, and those that a declared one hides", async () => {
    const [place] = placesOf(1);
    if (place === undefined) throw new TypeError("there is no place");
    const others = [
      { ...place, name: "declared" },
      { ...place, name: "elsewhere", region: "eu" as const },
    ];
    expect(await pageOf(configWith([place, ...others]), 1)).toMatchObject({ asked: [place.name], leftOut: 0 });
  });

  test("is empty where the directory does not answer, or there is none", async () => {
    expect(await pageOf(configWith([], true), 1)).toMatchObject({ asked: [], isReached: false });
    expect(await pageOf({ ...configWith([]), directory: null }, 1)).toMatchObject({ asked: [], isReached: null, pages: 1 });
  });
});

describe("a Worker", () => {
  /** A Worker whose objects answer so. @param held the account whose delivery is held */
  function workerWith(held: string | null) {
    const accountObject = ({ name }: AccountPlace) => ({
      accept: async () => ({ kind: "stored", accepted: 1, duplicate: 0 }) as const,
      acceptAll: async () => [],
      failed: async () => undefined,
      wipe: async () => true,
      operate: async () => {
        const hold = name === held ? { hold: { reason: "key_refused", since: NOW } } : {};
        return { ok: true, value: standing(hold) } as const;
      },
      watch: async () => new Response(null, { status: 404 }),
    });
    const fetch = isolateOf(createApp({ accountObject, write: () => undefined }));
    return async (path: string) => {
      const response = await fetch(new Request(`http://127.0.0.1:8787${path}`));
      return { status: response.status, text: new TextDecoder().decode(await response.arrayBuffer()) };
    };
  }

  test("is ready while the accounts of its directory are, and has them in its metrics", async () => {
    for (const name of ["aa-standing-1", "aa-standing-2"]) await ask("directory.add", { name, account: { region: "us" } });
    // Whether there are more is not this test's to say: others use the same directory.
    expect(await workerWith(null)("/readyz")).toEqual({ status: 200, text: expect.stringMatching(/^\{"ok":true[,}]/) });
    const get = workerWith("aa-standing-2");
    expect(await get("/readyz")).toEqual({ status: 503, text: expect.stringMatching(/^\{"ok":false[,}]/) });
    const { text } = await get("/metrics");
    expect(text).toContain('tributary_up{account="aa-standing-1"} 1\n');
    expect(text).toContain('tributary_up{account="demo"} 1\n');
    expect(text).toContain('tributary_held{account="aa-standing-2",reason="key_refused"} 1\n');
    expect(text).toMatch(/^tributary_accounts_left_out \d+$/m);
    expect(text).toContain("tributary_directory_up 1\n");
    for (const page of ["9", "0", "x", "99999"])
      for (const path of ["/readyz", "/metrics"]) expect([page, (await get(`${path}?page=${page}`)).status]).toEqual([page, 404]);
  });
});
