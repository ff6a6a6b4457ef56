/**
 * The alarm of an account's object, where the platform keeps it, has none, or forgot it.
 */
import { expect, test } from "vitest";
import { type AlarmStorage, createAlarm } from "../../src/account/alarm.ts";

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;

/** A platform whose alarm the test may take away. */
function platform(at: number | null): AlarmStorage & { at: number | null; writes: number } {
  return {
    at,
    writes: 0,
    async getAlarm() {
      return this.at;
    },
    async setAlarm(time) {
      this.at = time;
      this.writes += 1;
    },
  };
}

test("one that is set and to come is not lost, and asking writes nothing", async () => {
  const storage = platform(null);
  const alarm = createAlarm(storage, () => NOW);
  alarm.set(NOW + MINUTE);
  alarm.rang();
  alarm.set(NOW + MINUTE);
  const { writes } = storage;
  expect([await alarm.wasLost(), await alarm.wasLost(), storage.writes - writes]).toEqual([false, false, 0]);
});

test("one that the platform forgot is lost, and the next set is not taken for a later one", async () => {
  const storage = platform(NOW);
  const alarm = createAlarm(storage, () => NOW);
  alarm.set(NOW + 25);
  alarm.rang();
  alarm.set(NOW + MINUTE);
  storage.at = null;
  expect(await alarm.wasLost()).toBe(true);
  alarm.set(NOW + 2 * MINUTE);
  expect([storage.at, await alarm.wasLost()]).toEqual([NOW + 2 * MINUTE, false]);
});

test("one whose time is long over is lost; one that is a little late is not", async () => {
  const storage = platform(NOW - 2 * MINUTE);
  expect(await createAlarm(storage, () => NOW).wasLost()).toBe(true);
  storage.at = NOW - MINUTE / 2;
  expect(await createAlarm(storage, () => NOW).wasLost()).toBe(false);
});

test("what an instance sets when it begins does not hide that there was none, once", async () => {
  const alarm = createAlarm(platform(null), () => NOW);
  alarm.set(NOW + 25);
  expect([await alarm.wasLost(), await alarm.wasLost()]).toEqual([true, false]);
});

test("an instance that begins because it rings has not lost it", async () => {
  const alarm = createAlarm(platform(null), () => NOW);
  alarm.set(NOW + 25);
  alarm.rang();
  alarm.set(NOW + MINUTE);
  expect(await alarm.wasLost()).toBe(false);
});

test("one that is due and that the platform is just ringing is not lost; long after its time it is", async () => {
  let now = NOW;
  const storage = platform(NOW);
  const alarm = createAlarm(storage, () => now);
  alarm.rang();
  alarm.set(NOW + 25);
  storage.at = null;
  now = NOW + 50;
  expect(await alarm.wasLost()).toBe(false);
  now = NOW + 2 * MINUTE;
  expect(await alarm.wasLost()).toBe(true);
});

test("one that has rung is not set again for the same millisecond, which the platform loses, nor for a part of one, at which it rings too early", async () => {
  const storage = platform(null);
  let now = NOW;
  const alarm = createAlarm(storage, () => now);
  alarm.set(NOW + 7.25);
  expect(storage.at).toBe(NOW + 8);
  now = NOW + 8;
  alarm.rang();
  alarm.set(NOW + 7.5);
  expect(storage.at).toBe(NOW + 9);
  now = NOW + 9;
  alarm.rang();
  alarm.set(now);
  expect(storage.at).toBe(NOW + 10);
});
