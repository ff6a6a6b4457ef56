/**
 * The last hour, minute by minute: what is counted, and that it costs no row.
 */
import { expect, test } from "vitest";
import type { Minute } from "../../src/account/events/minutes.ts";
import { operate } from "./operations.ts";
import { inObject, START, webhookOf } from "./support.ts";

const MINUTE = 60_000;

const counted = (minutes: readonly Minute[]) =>
  minutes.flatMap(({ at, ...counts }) =>
    Object.values(counts).some((count) => count > 0) ? [[(at - START) / MINUTE, counts]] : [],
  );

test("what came and what left is counted by the minute, and nothing is written for it", async () => {
  await inObject(async (parts) => {
    await parts.accept(
      webhookOf([
        { id: "1", type: "happened" },
        { id: "2", type: "broken" },
      ]),
    );
    await parts.drain();
    parts.now = START + 2 * MINUTE;
    await parts.accept(
      webhookOf([{ id: "1", type: "happened" }], { now: parts.now, ignored: { "not wanted": 3 } }),
      webhookOf([{ id: "3", type: "joined" }], { now: parts.now, source: "second" }),
    );
    const rows = parts.rows();
    const first = counted((await operate(parts, "minutes", {})).minutes);
    expect(first).toEqual([
      [0, { kept: 2, duplicate: 0, ignored: 0, sealed: 1, dead: 1 }],
      [2, { kept: 1, duplicate: 1, ignored: 3, sealed: 0, dead: 0 }],
    ]);
    expect(parts.rows()).toBe(rows);

    // The minute goes on; those before it are known.
    await parts.drain();
    parts.now += 3 * MINUTE;
    const second = counted((await operate(parts, "minutes", {})).minutes);
    expect(second).toEqual([
      [0, { kept: 2, duplicate: 0, ignored: 0, sealed: 1, dead: 1 }],
      [2, { kept: 1, duplicate: 1, ignored: 3, sealed: 1, dead: 0 }],
    ]);
    const before = parts.rowsRead();
    expect(counted((await operate(parts, "minutes", {})).minutes)).toEqual(second);
    expect(parts.rowsRead() - before).toBeLessThan(60);

    // What an operator puts back did not come from the vendor.
    await operate(parts, "dead.replay", { all: true });
    expect(counted((await operate(parts, "minutes", {})).minutes)).toContainEqual([2, second[1]?.[1]]);
    parts.now += 60 * MINUTE;
    const { minutes } = await operate(parts, "minutes", {});
    expect([minutes.length, minutes.at(-1)?.at]).toEqual([60, parts.now]);
  });
});

test("a look reads nothing of days that are over", async () => {
  await inObject(async (parts) => {
    const names: string[] = [];
    for (let day = 0; day < 4; day += 1) {
      parts.now = START + day * 24 * 60 * MINUTE;
      await parts.accept(webhookOf([{ id: `${day}`, type: "happened" }], { now: parts.now }));
      names.push(`log_${Math.floor(parts.now / (24 * 60 * MINUTE))}_bulk`);
    }
    const statements: string[] = [];
    const { run } = parts.store;
    Object.assign(parts.store, {
      run: (...[statement, ...values]: Parameters<typeof run>) => {
        statements.push(statement);
        return run(statement, ...values);
      },
    });
    const { minutes } = await operate(parts, "minutes", {});
    expect(counted(minutes)).toHaveLength(1);
    const reads = (name: string | undefined): number => statements.filter((text) => text.includes(`FROM "${name}"\n`)).length;
    expect(names.map(reads)).toEqual([0, 0, 0, expect.toSatisfy((count: number) => count > 0)]);
  });
});

test("what was counted of an account is forgotten when it is removed and added again", async () => {
  await inObject(async (parts) => {
    await parts.accept(webhookOf([{ id: "1", type: "happened" }]), webhookOf([{ id: "2", type: "happened" }]));
    const kept = async (): Promise<number> =>
      (await operate(parts, "minutes", {})).minutes.reduce((sum, minute) => sum + minute.kept, 0);
    expect(await kept()).toBe(2);
    // The database is the same, and its numbers begin anew.
    for (const { name } of parts.tools.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'log_*'"))
      parts.tools.store.run(`DELETE FROM "${name}" WHERE seq > 1`);
    const added = { ...parts, tools: { ...parts.tools } };
    expect((await operate(added, "minutes", {})).minutes.reduce((sum, minute) => sum + minute.kept, 0)).toBe(1);
  });
});
