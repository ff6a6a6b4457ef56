/**
 * The alarm of an object: setting it costs a row, so it is set only to ring earlier.
 */

/** An alarm that is later than this, milliseconds, does not come any more. The platform is late by less. */
const LATE = 5_000;

/** The alarm of one object, as far as this instance knows. */
export interface AlarmClock {
  /** Rings at this time, milliseconds since 1970, or before it. */
  set(at: number): void;
  /** It rang. */
  rang(): void;
}

/** Makes the alarm clock of an object. */
export function createAlarmClock(storage: Pick<DurableObjectStorage, "setAlarm">): AlarmClock {
  let armedFor: number | null = null;
  return {
    set: (at) => {
      // An alarm whose time is long over was lost: whoever looks sets it again.
      const isLost = armedFor !== null && armedFor < Date.now() - LATE;
      if (armedFor !== null && armedFor <= at && !isLost) return;
      armedFor = at;
      // Not awaited: the platform sends no answer before the alarm is on disk. If that fails, the object restarts and its constructor sets it.
      storage.setAlarm(at).catch(() => {
        armedFor = null;
      });
    },
    rang: () => {
      armedFor = null;
    },
  };
}
