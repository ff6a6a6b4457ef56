/**
 * Hands webhooks to the objects of accounts. From an isolate one call of an object is on its way at a time: the webhooks that arrive meanwhile share
 * the next call. Where no call is on its way, nothing waits.
 *
 * A request may settle the promises of another, but not use its connections, so each call is made by a request whose webhook is in it. No request
 * depends on another: one that is not answered in time, or whose call fails as a whole, calls for itself. The dedupe store recognises a webhook
 * that was kept already.
 * @see https://developers.cloudflare.com/workers/configuration/compatibility-flags/#handling-cross-request-promise-resolution
 */
import type { AcceptRequest, AccountMethods } from "../account/rpc.ts";
import type { Account } from "../config/model.ts";
import { type AcceptResult, accept, says } from "./accept.ts";
import type { Clock } from "./clock.ts";

/** Most webhooks in one call, and for each the most bytes and events. Together they stay below the 32 MiB that one call may have. */
const MOST_TOGETHER = 64;
const LARGEST_BODY = 64 * 1024;
const MOST_EVENTS = 100;

/** After this time a webhook that waits for the call of others calls for itself, milliseconds. Vendors wait for at least 5 seconds. */
const PATIENCE = 3_000;

/** The request that hands over. */
export interface Caller {
  readonly account: Account;
  /** Gives a new stub of the account's object. */
  readonly accountObject: () => AccountMethods;
  /** Keeps the request at work when its sender disconnects: others may wait for its call. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** Keeps a webhook. Never rejects. */
export type HandOver = (request: AcceptRequest, caller: Caller) => Promise<AcceptResult>;

/** How waiting ends: with an answer, or with a call to make, for all who wait or for itself. */
type Turn = AcceptResult | { readonly kind: "lead" } | { readonly kind: "alone" };

const LEAD: Turn = { kind: "lead" };
const ALONE: Turn = { kind: "alone" };

interface Waiting {
  readonly request: AcceptRequest;
  /** Only the first turn counts. */
  readonly settle: (turn: Turn) => void;
}

/** Webhooks that wait for the call of one object. */
interface Queue {
  /** When the call that is on its way began, milliseconds since 1970. */
  calledAt: number;
  /** In the order of arrival. */
  readonly waiting: Waiting[];
}

/** Hands over for one isolate. */
export function createHandOver({ now, after }: Clock): HandOver {
  const queues = new Map<string, Queue>();

  /** Waits for the call of another request. */
  async function turnOf(request: AcceptRequest, { waiting }: Queue): Promise<Turn> {
    const { promise, resolve } = Promise.withResolvers<Turn>();
    const mine: Waiting = { request, settle: resolve };
    waiting.push(mine);
    const stop = after(PATIENCE, () => {
      const place = waiting.indexOf(mine);
      if (place !== -1) waiting.splice(place, 1);
      resolve(ALONE);
    });
    const turn = await promise;
    stop();
    return turn;
  }

  /** Leaves the next call to the first that waits. */
  function leave(key: string, queue: Queue): void {
    const next = queue.waiting.shift();
    if (next !== undefined) next.settle(LEAD);
    else if (queues.get(key) === queue) queues.delete(key);
  }

  async function keep(request: AcceptRequest, { account, accountObject }: Caller): Promise<AcceptResult> {
    if (isLarge(request)) return accept(accountObject, request);
    const key = `${account.region}/${account.id}`;
    const known = queues.get(key);
    const queue = known ?? { calledAt: 0, waiting: [] };
    let turn: Turn = LEAD;
    let others: readonly Waiting[] = [];
    // The request whose call was on its way may be gone.
    if (known === undefined || now() - known.calledAt > PATIENCE) queues.set(key, queue);
    else {
      turn = await turnOf(request, queue);
      if (turn.kind === "lead") others = queue.waiting.splice(0, MOST_TOGETHER - 1);
    }
    if (turn.kind === "lead") {
      queue.calledAt = now();
      try {
        turn = others.length === 0 ? await accept(accountObject, request) : await callTogether(request, others, accountObject);
      } finally {
        leave(key, queue);
      }
    }
    return turn.kind === "alone" || turn.kind === "lead" ? accept(accountObject, request) : turn;
  }

  return (request, caller) => {
    const kept = keep(request, caller);
    caller.waitUntil(kept);
    return kept;
  };
}

/** Copying a large webhook takes longer than a call. */
function isLarge({ body, events, skipped = [], unreadable }: AcceptRequest): boolean {
  return body.byteLength > LARGEST_BODY || events.length + skipped.length > MOST_EVENTS || unreadable.length > 0;
}

/** Calls for several. @returns the turn of the first; those of the others are settled */
async function callTogether(
  first: AcceptRequest,
  others: readonly Waiting[],
  accountObject: () => AccountMethods,
): Promise<Turn> {
  const [turn = ALONE, ...turns] = await turnsFrom(accountObject, [first, ...others.map(({ request }) => request)]);
  for (const [index, { settle }] of others.entries()) settle(turns[index] ?? ALONE);
  return turn;
}

async function turnsFrom(accountObject: () => AccountMethods, requests: readonly AcceptRequest[]): Promise<readonly Turn[]> {
  try {
    const answers = await accountObject().acceptAll(requests);
    return answers.map((answer) => answer ?? ALONE);
  } catch (error) {
    // More calls would not help an object that has too many.
    const turn: Turn = says(error, "overloaded") ? { kind: "failed", reason: "overloaded" } : ALONE;
    return requests.map(() => turn);
  }
}
