/**
 * What an object reads when it wakes: enough to keep a webhook under a number that was never used, and nothing more.
 */
import { expect, test } from "vitest";
import { wakeAccount } from "../../src/account/modules.ts";
import { readTables } from "../../src/account/state/tables.ts";
import { inObject, type Parts, webhookOf } from "./support.ts";

const happened = (id: string) => webhookOf([{ id, type: "happened" }]);

/** Wakes the account over the same storage, without opening the rest. */
function wake({ store, now }: Parts, opened: () => void = () => {}) {
  return wakeAccount(readTables(store), {
    store,
    now: () => now,
    deliveryNow: () => now,
    random: () => 0.5,
    pause: async () => {},
    fetch: async () => new Response(null, { status: 500 }),
    report: () => {},
    onStored: () => {},
    onOpened: opened,
  });
}

test.each(["its batch", "the state's row"])("an object that wakes uses no number again where only %s knows it", async (where) => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"), happened("b"));
    const sent = Promise.withResolvers<void>();
    // Dies on the way to the destination: the batch is sealed, and the state's row is older.
    parts.intercept = () => {
      sent.resolve();
      return new Promise(() => {});
    };
    void parts.run();
    await sent.promise;
    if (where !== "its batch") parts.tools.state.update((record) => ({ ...record, account: "acme" }));
    for (const name of readTables(parts.store).keys()) if (name.startsWith("log_")) parts.store.run(`DROP TABLE "${name}"`);

    const awake = wake(parts);
    expect(awake.id()).toBe(where === "its batch" ? null : "acme");
    expect(await awake.accept(happened("c"))).toEqual({ kind: "stored", accepted: 1, duplicate: 0 });
    expect(awake.modules().state.current().cursors.get("bulk")?.seq).toBe(2);
    expect(awake.modules().inbox.lastSeq()).toBe(3);
  });
});

test("all tables are read, however many there are", async () => {
  await inObject(async ({ store }) => {
    for (let day = 1; day <= 450; day += 1)
      store.run(`CREATE TABLE "log_${day}_a-shop" (seq INTEGER PRIMARY KEY, events INTEGER)`);
    const tables = readTables(store);
    const rows = store.run("SELECT name, sql FROM sqlite_master WHERE type = 'table'");
    expect(tables.size).toBeGreaterThan(450);
    expect(Object.fromEntries(tables)).toEqual(Object.fromEntries(rows.map(({ name, sql }) => [name, sql])));
  });
});

test("an object that wakes finds what is left of every day and source", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("a"), webhookOf([{ id: "b", type: "happened" }], { source: "second" }));
    parts.now += 86_400_000;
    await parts.accept(happened("c"));
    parts.now += 86_400_000;

    const awake = wake(parts);
    expect(await awake.accept(happened("d"))).toMatchObject({ accepted: 1 });
    const { inbox } = awake.modules();
    expect(inbox.lastSeq()).toBe(4);
    expect([...inbox.sourcesBehind(new Map())].sort()).toEqual(["bulk", "second"]);
    const idsOf = (source: string) => inbox.read(source, 0, 10, 1_000_000).flatMap(({ events }) => events.map(({ id }) => id));
    expect(idsOf("bulk")).toEqual(["a", "c", "d"]);
    expect(idsOf("second")).toEqual(["b"]);
    expect(inbox.sourcesBehind(new Map([["bulk", { seq: 3, events: 0 }]]))).toContain("bulk");
    expect(inbox.retire(new Map([["bulk", { seq: 3, events: 0 }]]), parts.now + 10 * 86_400_000)).toBe(2);
  });
});

test("an object that only keeps webhooks opens nothing else, and makes no table that exists", async () => {
  await inObject(async (parts) => {
    await parts.accept(happened("first"));
    const statements: string[] = [];
    const store = {
      ...parts.store,
      run: (statement: string, ...values: readonly (string | number | ArrayBuffer | null)[]) => {
        statements.push(statement);
        return parts.store.run(statement, ...values);
      },
    };
    let isOpened = false;
    const awake = wake({ ...parts, store }, () => {
      isOpened = true;
    });
    expect(await awake.accept(happened("second"))).toMatchObject({ accepted: 1 });
    expect(await awake.accept(happened("first"))).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(isOpened).toBe(false);
    expect(statements.filter((statement) => statement.startsWith("CREATE"))).toEqual([]);
    awake.modules();
    awake.modules();
    expect(isOpened).toBe(true);
  });
});
