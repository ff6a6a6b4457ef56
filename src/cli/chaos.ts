/**
 * A storm of webhooks: duplicates, in the wrong order, tampered with, stale, in bursts; and whether the Worker took it as it should: every
 * event once, and nothing that is not genuine.
 */
import * as z from "zod";
import type { Source } from "../config/model.ts";
import { counted } from "../contract/counted.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";
import { jsonOf } from "./json.ts";
import { type Answer, type Mischief, sign } from "./requests.ts";

/** One request of a storm. */
export interface Shot {
  /** The webhook, counted from 0. */
  readonly webhook: number;
  /** What is done to it. */
  readonly mischief: Mischief | null;
}

/** Requests that are sent at once, one burst after the other. */
export type Storm = readonly (readonly Shot[])[];

/** How a storm ended. */
export interface StormReport {
  readonly requests: number;
  /** Requests of the largest burst. */
  readonly largest: number;
  /** Webhooks whose events were kept once, and those of which all events are ignored. */
  readonly accepted: number;
  readonly ignored: number;
  /** Requests that were recognised as duplicates, and that were refused as they must be. */
  readonly duplicates: number;
  readonly refused: Readonly<Record<Mischief, number>>;
  /** What went otherwise than it should. */
  readonly problems: readonly string[];
}

/** Shares of webhooks that come again, and that have a bad copy of each kind. */
const AGAIN = 0.4;
const BAD = 0.3;

/** Further copies of a webhook, and requests of a burst, at most. */
const MOST_COPIES = 3;
const LARGEST_BURST = 16;

const MISCHIEF: readonly Mischief[] = ["tamper", "stale"];

const tally = z.object({ accepted: z.number(), duplicate: z.number(), ignored: z.number() });

/**
 * Plans a storm: always the same one for the same seed.
 * @param webhooks how many there are
 * @param allowed what can be done to this source's webhooks so that they must be refused
 */
export function planStorm(webhooks: number, allowed: readonly Mischief[], seed: number): Storm {
  const random = randomBy(seed);
  const whole = (most: number) => Math.floor(random() * most);
  const shots = Array.from({ length: webhooks }, (_, webhook): readonly Shot[] => {
    const copies = random() < AGAIN ? 1 + whole(MOST_COPIES) : 0;
    const genuine = Array.from({ length: 1 + copies }, (): Shot => ({ webhook, mischief: null }));
    const bad = MISCHIEF.flatMap((mischief): readonly Shot[] =>
      random() < BAD && allowed.includes(mischief) ? [{ webhook, mischief }] : [],
    );
    return [...genuine, ...bad];
  }).flat();
  for (let last = shots.length - 1; last > 0; last -= 1) {
    const other = whole(last + 1);
    const [a, b] = [shots[last], shots[other]];
    if (a !== undefined && b !== undefined) [shots[last], shots[other]] = [b, a];
  }
  const bursts: Shot[][] = [];
  while (shots.length > 0) bursts.push(shots.splice(0, 1 + whole(LARGEST_BURST)));
  return bursts;
}

/** What can be done to this source's webhooks so that they are not genuine any more: some signatures carry no time. */
export async function mischiefFor(request: SignedRequest, source: Source, now: number): Promise<readonly Mischief[]> {
  const { verifier } = source.configured;
  const found: Mischief[] = [];
  for (const mischief of MISCHIEF) {
    const signed = await sign(request, source, now, mischief);
    const head = verifier.precheck(signed, now);
    if (!head.ok || !(await verifier.verify(signed, source.secrets, now)).ok) found.push(mischief);
  }
  return found;
}

/**
 * Lets a storm loose.
 * @param names what the webhooks are called in a report, one for each
 * @param shoot signs and sends; `null` where nothing answers
 * @returns `null` where nothing answers
 */
export async function runStorm(
  storm: Storm,
  names: readonly string[],
  shoot: (shot: Shot) => Promise<Answer | null>,
): Promise<StormReport | null> {
  const answers: { readonly shot: Shot; readonly answer: Answer }[] = [];
  for (const burst of storm) {
    const given = await Promise.all(burst.map(async (shot) => ({ shot, answer: await shoot(shot) })));
    for (const { shot, answer } of given) {
      if (answer === null) return null;
      answers.push({ shot, answer });
    }
  }
  const problems: string[] = [];
  let [accepted, ignored, duplicates] = [0, 0, 0];
  const refused = { tamper: 0, stale: 0 };
  names.forEach((name, webhook) => {
    const own = answers.filter(({ shot }) => shot.webhook === webhook);
    let [kept, events, times] = [0, 0, 0];
    for (const { shot, answer } of own) {
      if (shot.mischief !== null) {
        if (answer.status === 401) refused[shot.mischief] += 1;
        else problems.push(`${name}, ${shot.mischief === "stale" ? "stale" : "tampered with"}: ${answer.status}, not 401`);
        continue;
      }
      const told = answer.status === 200 ? tally.safeParse(jsonOf(answer.text)) : null;
      if (!told?.success) {
        problems.push(`${name}: ${answer.status} ${answer.text}`);
        continue;
      }
      times += 1;
      kept += told.data.accepted;
      events = told.data.accepted + told.data.duplicate;
      if (told.data.accepted === 0 && events > 0) duplicates += 1;
    }
    if (times === 0) return;
    if (events === 0) ignored += 1;
    else if (kept === events) accepted += 1;
    else
      problems.push(
        `${name}: of ${counted(events, "event")} ${kept} were accepted in ${counted(times, "request")}, not each once`,
      );
  });
  const sizes = storm.map((burst) => burst.length);
  return { requests: answers.length, largest: Math.max(0, ...sizes), accepted, ignored, duplicates, refused, problems };
}

/** Numbers from 0 to 1, by a seed. @see https://github.com/cprosche/mulberry32 */
function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
