/**
 * One run of the account's alarm: seals what waits in the inbox, and sends what is sealed.
 */
import type { Account } from "../config/model.ts";
import type { Drain, Key } from "./outbox/drain.ts";
import type { Sealed, Sealer } from "./outbox/seal.ts";

/** Maximum of requests, and of milliseconds, of one run: erasing waits for its end. The next alarm continues. */
const MOST_REQUESTS = 40;
const LONGEST_RUN = 5_000;

/** The account's configuration, and the way to its region. */
export interface Destination {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly identityWait: number;
  /** How long events that name only references wait, milliseconds. */
  readonly orphanWait: number;
  /** `null` if no API key is configured. */
  readonly key: Key | null;
}

/** A batch waits so many milliseconds for webhooks to share it: after the first of them, and after the batch before, unless that one was full. */
export const LINGER = 25;

/** What a run needs of the account. */
export interface RunTools {
  readonly sealer: Sealer;
  readonly drain: Drain;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Whether the end of the run is waited for: it then ends after its next step. */
  readonly isAwaited: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Delivery's own clock, milliseconds. */
  readonly deliveryNow: () => number;
}

/** Runs once. Must not run concurrently. @returns when to run again, by delivery's clock; `null` if nothing is left to send */
export async function run(
  { sealer, drain, pause, isAwaited, now, deliveryNow }: RunTools,
  { account, key, identityWait, orphanWait }: Destination,
): Promise<number | null> {
  const deadline = now() + LONGEST_RUN;
  drain.expire();
  /** The next batch is not sealed before this time. */
  let sealAt = 0;
  for (let requests = 0; requests < MOST_REQUESTS && now() < deadline; ) {
    const wait = sealAt - now();
    const seal = (): Promise<Sealed> =>
      sealer.seal(drain.open(), { account, identityWait, orphanWait, most: MOST_REQUESTS - requests });
    // The next batch is translated while the destination processes the last request.
    const [sealed, drained] = await bothEnd(wait > 0 ? null : seal(), drain.step(key));
    if (sealed?.isMoved === true) sealAt = sealed.isMore ? 0 : now() + LINGER;
    requests += sealed?.requests ?? 0;
    if (drained.kind === "sent") requests += 1;
    else if (sealed === null) {
      // Only while there is nothing to send.
      await pause(Math.min(wait, LINGER));
      sealAt = 0;
    } else if (!sealed.isMoved) return drained.kind === "nothing" ? null : drained.until;
    if (isAwaited()) break;
  }
  return deliveryNow();
}

/** The results of both, where there is one. Rejects only after both have ended. */
async function bothEnd<One, Other>(one: Promise<One> | null, other: Promise<Other>): Promise<[One | null, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
