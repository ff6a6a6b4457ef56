/**
 * Moving the database into a new file: everything comes along, and an interruption at any step changes nothing.
 */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { createCompaction } from "../../src/account/compaction/compaction.ts";
import type { Copy, CopyStatus } from "../../src/account/compaction/copy.ts";
import { dump, restore } from "../../src/account/compaction/dump.ts";
import { createGate } from "../../src/account/gate.ts";
import { openStore, type Store } from "../../src/account/state/store.ts";
import { inObject, type Parts, START, webhookOf } from "./support.ts";

/** A copy in memory, and every step that was taken with it. */
function copyInMemory(step: () => void): Copy & { readonly held: () => CopyStatus | null } {
  let status: CopyStatus | null = null;
  let parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    held: () => status,
    status: async () => status,
    begin: async (of) => {
      step();
      status = { ...of, parts: 0, isWhole: false };
      parts = [];
    },
    append: async (number, part) => {
      step();
      if (status === null || number !== parts.length) throw new Error("parts are missing");
      parts.push(part);
      status = { ...status, parts: parts.length };
    },
    seal: async () => {
      step();
      if (status !== null) status = { ...status, isWhole: true };
    },
    read: async (number) => {
      step();
      return parts[number] ?? null;
    },
    clear: async (since) => {
      step();
      if (status?.since !== since) return;
      status = null;
      parts = [];
    },
  };
}

/** Every row of every table, and the highest number of those that give none twice. */
function contents(store: Store): Record<string, unknown> {
  const names = store
    .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' ORDER BY name")
    .map(({ name }) => String(name));
  return Object.fromEntries(names.map((name) => [name, store.run(`SELECT * FROM "${name}" ORDER BY 1`)]));
}

function dropAll(store: Store): void {
  const names = store.run(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name <> 'sqlite_sequence'",
  );
  for (const { name } of names) store.run(`DROP TABLE "${name}"`);
}

/** An account with something in every table: large and small webhooks, links, notes, waiting and dead events, an erasure. */
async function fill(parts: Parts): Promise<void> {
  await parts.accept(
    webhookOf([
      { id: "1", type: "joined", who: "bob" },
      { id: "2", type: "broken", who: "bob" },
      { id: "3", type: "spoke", who: "eve" },
    ]),
  );
  await parts.drain();
  parts.tools.erasures.start({ email: "nobody@example.com", customerio: "none", compact: true }, parts.now);
  await parts.tools.erasures.run(parts.tools, parts.account, Number.MAX_SAFE_INTEGER);
  await parts.accept(webhookOf([{ id: "4", type: "happened", who: "zoë \u{1f600} '\"\u2028", size: 10 }], { source: "second" }));
  const large = new TextEncoder().encode(JSON.stringify([{ id: "5", type: "happened", size: 1, plan: "x".repeat(4_500_000) }]));
  await parts.accept({ ...webhookOf([{ id: "5", type: "happened" }]), body: new Uint8Array(large) });
  parts.hold = 60_000;
  await parts.run();
  await parts.accept(webhookOf([{ id: "6", type: "happened", who: "last" }]));
}

/** What must be the same afterwards: everything but the record's note about compactions. */
function comparable(store: Store): Record<string, unknown> {
  const { state, ...rest } = contents(store);
  const value = JSON.parse(String(store.run("SELECT value FROM state")[0]?.value));
  return { ...rest, state: { ...value, compaction: null } };
}

const WANTED = { wantedSince: 1, last: null };

describe("the rows", () => {
  test("come back as they were, with the numbers that are never given again", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      parts.store.run("DELETE FROM dead");
      parts.store.run("CREATE INDEX by_reason ON dead (reason)");
      const schema = () => parts.store.run("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name");
      const made = schema();
      const known = contents(parts.store);
      expect(Object.keys(known).length).toBeGreaterThan(12);
      expect(Object.values(known).filter((rows) => Array.isArray(rows) && rows.length > 0).length).toBeGreaterThan(9);
      const dumped = [...dump(parts.store, "moving", "meta")];
      expect(dumped.length).toBeGreaterThan(5);
      dropAll(parts.store);
      for (const part of dumped) restore(parts.store, part);
      expect(contents(parts.store)).toEqual(known);
      expect(schema()).toEqual(made);
      expect(known.sqlite_sequence).toContainEqual({ name: "dead", seq: 1 });
    });
  });

  test("every table's first columns are its key", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      const tables = parts.store.run(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name <> 'sqlite_sequence'",
      );
      for (const { name } of tables) {
        const keys = parts.store.run(`SELECT cid, pk FROM pragma_table_info('${name}') WHERE pk > 0`);
        expect(keys.length, String(name)).toBeGreaterThan(0);
        expect(keys, String(name)).toEqual(keys.map((_, index) => ({ cid: index, pk: index + 1 })));
      }
    });
  });
});

/** The compaction of an object's database, which ends at the step of this number. */
function interrupted(store: Store, at: number) {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps === at) throw new Error("interrupted");
  };
  const copy = copyInMemory(step);
  const create = () =>
    createCompaction({
      owner: "owner",
      store,
      deleteAll: async () => {
        step();
        dropAll(store);
        step();
      },
      copy: () => copy,
      now: () => START,
    });
  return { copy, create, steps: () => steps };
}

describe("a compaction", () => {
  test("that is interrupted at any step, and goes on in a new object, moves everything once", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      parts.tools.state.update((record) => ({ ...record, compaction: WANTED }));
      const known = comparable(parts.store);
      const undisturbed = interrupted(parts.store, 0);
      const whole = undisturbed.create();
      whole.begin();
      expect(await whole.run(Number.MAX_SAFE_INTEGER)).toBe(true);
      expect(undisturbed.copy.held()).toBeNull();
      expect(undisturbed.steps()).toBeGreaterThan(20);
      for (let step = 1; step <= undisturbed.steps(); step += 1) {
        const { create } = interrupted(parts.store, step);
        let compaction = create();
        compaction.begin();
        let objects = 1;
        while (!(await compaction.run(Number.MAX_SAFE_INTEGER).catch(() => false))) {
          compaction = create();
          objects += 1;
          if (objects > 5) throw new Error(`the compaction never ends after step ${step}`);
        }
        // That the copy cannot be cleared, at the last step, is its own affair.
        expect(objects, `step ${step}`).toBe(step === undisturbed.steps() ? 1 : 2);
        expect(comparable(parts.store), `step ${step}`).toEqual(known);
        const { compaction: status } = JSON.parse(String(parts.store.run("SELECT value FROM state")[0]?.value));
        expect(status).toMatchObject({ wantedSince: null, last: { failed: false, finishedAt: START } });
      }
    });
  });

  test("goes on a part at a time where it may take no longer", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      const known = comparable(parts.store);
      let time = 0;
      const copy = copyInMemory(() => undefined);
      const compaction = createCompaction({
        owner: "owner",
        store: parts.store,
        deleteAll: async () => dropAll(parts.store),
        copy: () => copy,
        now: () => {
          time += 1;
          return time;
        },
      });
      compaction.begin();
      let runs = 0;
      while (!(await compaction.run(time + 2))) runs += 1;
      expect(runs).toBeGreaterThan(10);
      expect(comparable(parts.store)).toEqual(known);
      expect(copy.held()).toBeNull();
    });
  });

  test("whose copy cannot be made is given up, and the database stays where it is", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      const known = comparable(parts.store);
      let time = START;
      const compaction = createCompaction({
        owner: "owner",
        store: parts.store,
        deleteAll: () => Promise.reject(new Error("unasked")),
        copy: () => ({ ...copyInMemory(() => undefined), append: () => Promise.reject(new Error("no room")) }),
        now: () => time,
      });
      compaction.begin();
      await expect(compaction.run(Number.MAX_SAFE_INTEGER)).rejects.toThrow("no room");
      time += 3_600_000;
      expect(await compaction.run(Number.MAX_SAFE_INTEGER)).toBe(true);
      expect(comparable(parts.store)).toEqual(known);
      const { compaction: status } = JSON.parse(String(parts.store.run("SELECT value FROM state")[0]?.value));
      expect(status).toMatchObject({ wantedSince: null, last: { failed: true } });
    });
  });

  test("does not end while a part of the copy is missing", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      const { copy, create } = interrupted(parts.store, 0);
      const compaction = create();
      compaction.begin();
      let reads = 0;
      const { read } = copy;
      Object.assign(copy, { read: (number: number) => (++reads === 3 ? Promise.resolve(null) : read(number)) });
      await expect(compaction.run(Number.MAX_SAFE_INTEGER)).rejects.toThrow("missing");
      expect(compaction.current()).toMatchObject({ phase: "back", next: 2 });
      expect(await create().run(Number.MAX_SAFE_INTEGER)).toBe(true);
    });
  });

  test("an object with nothing in it begins anew only where no copy is held", async () => {
    await inObject(async (parts) => {
      await fill(parts);
      const known = comparable(parts.store);
      const { copy, create } = interrupted(parts.store, -1);
      const first = create();
      first.begin();
      for (const [number, part] of [...dump(parts.store, "moving", "meta")].entries()) {
        if (number === 0) await copy.begin({ owner: "owner", since: START, before: 1 });
        await copy.append(number, part);
      }
      dropAll(parts.store);
      const half = create();
      await half.adopt();
      // Half a copy is none.
      expect(half.current()).toBe(null);
      await copy.seal(0);
      const second = create();
      await second.adopt();
      expect(second.current()).toMatchObject({ phase: "back" });
      expect(await second.run(Number.MAX_SAFE_INTEGER)).toBe(true);
      expect(comparable(parts.store)).toEqual(known);
    });
  });
});

describe("the copy", () => {
  const part = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

  test("gives back what it was given, in order, and nothing else", async () => {
    const copy = env.ACCOUNT_COPY.getByName("a copy");
    const large = new Uint8Array(5_000_000).fill(7);
    expect(await copy.status()).toBeNull();
    await copy.begin({ owner: "owner", since: 1, before: 2 });
    await copy.append(0, part("one"));
    await runInDurableObject(copy, (held) => expect(held.append(2, part("three"))).rejects.toThrow("comes next"));
    await copy.append(1, large);
    await runInDurableObject(copy, (held) => expect(held.seal(1)).rejects.toThrow("comes next"));
    await copy.seal(2);
    expect(await copy.status()).toEqual({ owner: "owner", since: 1, before: 2, parts: 2, isWhole: true });
    expect([await copy.read(0), await copy.read(1), await copy.read(2)]).toEqual([part("one"), large, null]);
    // The end of an earlier compaction, come late.
    await copy.clear(0);
    expect(await copy.status()).not.toBeNull();
    await copy.clear(1);
    expect([await copy.status(), await copy.read(0)]).toEqual([null, null]);
  });

  test("goes when its account does not need it, and stays when that cannot be asked", async () => {
    const account = env.ACCOUNT.getByName("v1/us/whole");
    const owner = account.id.toString();
    const copy = env.ACCOUNT_COPY.getByName(owner);
    await account.operate("whole", "health", "{}");
    await copy.begin({ owner, since: 1, before: 2 });
    expect(await runDurableObjectAlarm(copy)).toBe(true);
    expect(await copy.status()).toBeNull();
    await copy.begin({ owner: "no id", since: 2, before: 2 });
    expect(await runDurableObjectAlarm(copy)).toBe(true);
    expect(await copy.status()).toMatchObject({ since: 2 });
  });
});

describe("the account", () => {
  const url = (path: string): string => `http://127.0.0.1:8787/api/v1/accounts/demo/${path}`;
  const erasing = z.object({
    compaction: z.object({ wantedSince: z.number().nullable(), last: z.object({ failed: z.boolean() }).nullable() }),
  });

  test("is asked by the API to move, and says how that ended", async () => {
    const ask = (path: string, init: RequestInit = {}) => exports.default.fetch(new Request(url(path), init));
    expect((await ask("compact", { method: "POST" })).status).toBe(415);
    const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await ask("compact", json)).status).toBe(202);
    await vi.waitUntil(
      async () => {
        const status = erasing.safeParse(await (await ask("erase")).json());
        return status.success && status.data.compaction.wantedSince === null;
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(await (await ask("erase")).json()).toMatchObject({ compaction: { wantedSince: null, last: { failed: false } } });
    expect((await ask("")).status).toBe(200);
  });

  test("that is on its way refuses webhooks and tells operators so, and comes back by itself", async () => {
    const stub = env.ACCOUNT.getByName("v1/eu/demo-eu");
    await stub.operate("demo-eu", "health", "{}");
    const owner = stub.id.toString();
    await runInDurableObject(stub, async (_, state) => {
      const compaction = createCompaction({
        owner,
        store: openStore(state.storage),
        deleteAll: () => state.storage.deleteAll(),
        copy: () => env.ACCOUNT_COPY.getByName(owner),
        now: () => Date.now(),
      });
      compaction.begin();
      await state.storage.sync();
      state.abort("as a deploy would");
    }).catch(() => undefined);
    const away = env.ACCOUNT.getByName("v1/eu/demo-eu");
    expect(await away.accept("demo-eu", webhookOf([]))).toEqual({ kind: "refused", reason: "compacting" });
    const refusals = new Set<string>();
    const status = await vi.waitUntil(
      async () => {
        const answer = await away.operate("demo-eu", "erase.status", "{}");
        if (!answer.ok) refusals.add(answer.refusal);
        return answer.ok && erasing.parse(JSON.parse(answer.value));
      },
      { timeout: 10_000, interval: 20 },
    );
    expect([...refusals].filter((refusal) => refusal !== "compacting")).toEqual([]);
    expect(status.compaction.last).toMatchObject({ failed: false });
  });
});

describe("the gate", () => {
  test("lets nobody in while it is closed, and is closed when everybody has left", async () => {
    const gate = createGate();
    expect(gate.pass(() => "early")).toBeNull();
    gate.open();
    const work = Promise.withResolvers<string>();
    const inside = gate.pass(() => work.promise);
    let isClosed = false;
    const closed = gate.close().then(() => {
      isClosed = true;
    });
    expect(gate.pass(() => "late")).toBeNull();
    expect(isClosed).toBe(false);
    work.resolve("done");
    expect(await inside).toBe("done");
    await closed;
    gate.open();
    expect(await gate.pass(() => "again")).toBe("again");
  });

  test("counts out what fails", async () => {
    const gate = createGate();
    gate.open();
    const broken = gate.pass(() => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
    await gate.close();
  });
});
