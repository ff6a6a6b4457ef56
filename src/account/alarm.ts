/**
 * The one alarm of an account's object: when it rings, and whether the platform still has it.
 */

/** An alarm that is later than this, milliseconds, does not come any more. The platform is late by less. */
const LATE = 5_000;

/** How late an alarm may be before a sweep calls it lost, milliseconds. */
const LOST = 60_000;

/** The part of an object's storage that keeps the alarm. */
export interface AlarmStorage {
  /** `null` if none is set, or while it rings. */
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

/** The alarm of an object. */
export interface Alarm {
  /** Sets it, unless it rings earlier anyway: setting it costs a row. @param at milliseconds since 1970 */
  set(at: number): void;
  /** Tells that it rang. */
  rang(): void;
  /**
   * Whether the platform had lost it: none was set, or its time was long over. What this instance set when it began does not count, so that a
   * sweep which starts the object still sees what it found. Ask only while it does not ring. The next `set` sets a lost one again.
   */
  wasLost(): Promise<boolean>;
}

/** The alarm of an object that begins. @param now milliseconds since 1970 */
export function createAlarm(storage: AlarmStorage, now: () => number): Alarm {
  /** When it rings, as far as this instance knows. */
  let armedFor: number | null = null;
  /** When it last rang, or was to. */
  let rangAt = 0;
  /** What the platform had when this instance first set it; `null` once that says nothing any more. */
  let found: Promise<number | null> | null = null;
  let isKnown = false;
  const ask = () => storage.getAlarm();
  return {
    set: (wanted) => {
      // The platform counts whole milliseconds, so that it would ring ahead of a part of one; and it loses one that is set, while it rings, for the
      // very millisecond in which it rang.
      const at = Math.max(Math.ceil(wanted), rangAt + 1);
      // An alarm whose time is long over was lost: whoever looks sets it again.
      const isOver = armedFor !== null && armedFor < now() - LATE;
      if (armedFor !== null && armedFor <= at && !isOver) return;
      if (!isKnown) {
        isKnown = true;
        found = ask();
        found.catch(() => {});
      }
      armedFor = at;
      // Not awaited: the platform sends no answer before the alarm is on disk. If that fails, the object restarts and its constructor sets it.
      storage.setAlarm(at).catch(() => {
        armedFor = null;
      });
    },
    rang: () => {
      rangAt = Math.max(armedFor ?? 0, now());
      armedFor = null;
      isKnown = true;
      found = null;
    },
    wasLost: async () => {
      const atStart = found;
      found = null;
      isKnown = true;
      const at = await (atStart ?? ask());
      // The platform has none while it rings. One that was due just now is on its way, or the next sweep finds it long over.
      const isRinging = at === null && atStart === null && armedFor !== null && armedFor <= now() && armedFor >= now() - LOST;
      if (isRinging) return false;
      const isLost = at === null || at < now() - LOST;
      if (isLost) armedFor = null;
      return isLost;
    },
  };
}
