/**
 * Hands webhooks to the objects of accounts. From an isolate one call of an object is on its way at a time: the webhooks that arrive meanwhile share
 * the next call. Vendors send the next webhook when the last was answered, so webhooks that shared a call tend to come again together: a call waits a
 * moment for as many as were there before. Where a webhook came alone, the next one waits for nothing.
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

/** How long a call waits for as many webhooks as were there when the last one ended, milliseconds. */
const GATHERING = 2;

/** After this time a webhook that waits for the call of others calls for itself, milliseconds. Vendors wait for at least 5 seconds. */
const PATIENCE = 3_000;

/** The request that hands over. */
export interface Caller {
  readonly account: Account;
  /** Gives a new stub of the account's object. */
  readonly accountObject: () => AccountMethods;
  /** Sets a timer of the request. */
  readonly after: Clock["after"];
  /** Keeps the request at work when its sender disconnects: others may wait for its call. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** Keeps a webhook. Never rejects. */
export type HandOver = (request: AcceptRequest, caller: Caller) => Promise<AcceptResult>;

/** How waiting ends: with an answer, or with a call to make, for all who wait or for itself. */
type Turn = AcceptResult | { readonly kind: "lead" } | { readonly kind: "alone" };

const LEAD: Turn = { kind: "lead" };
const ALONE: Turn = { kind: "alone" };
const NOBODY_GATHERS = (): void => {};

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
  /** Tells the request that gathers webhooks for its call that one more waits. */
  joined: () => void;
}

/** Hands over for one isolate. @param now gives milliseconds since 1970 */
export function createHandOver(now: () => number): HandOver {
  const queues = new Map<string, Queue>();
  /** For how many webhooks the next call of an object is worth a moment, where there are several. */
  const expected = new Map<string, number>();

  /** Waits for the call of another request. */
  async function turnOf(request: AcceptRequest, queue: Queue, after: Clock["after"]): Promise<Turn> {
    const { waiting } = queue;
    const { promise, resolve } = Promise.withResolvers<Turn>();
    const mine: Waiting = { request, settle: resolve };
    waiting.push(mine);
    queue.joined();
    const stop = after(PATIENCE, () => {
      const place = waiting.indexOf(mine);
      if (place !== -1) waiting.splice(place, 1);
      resolve(ALONE);
    });
    const turn = await promise;
    stop();
    return turn;
  }

  /** Waits a moment until so many others wait. */
  async function gather(queue: Queue, others: number, after: Clock["after"]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.joined = () => queue.waiting.length >= others && resolve();
    const stop = after(GATHERING, resolve);
    await promise;
    stop();
    queue.joined = NOBODY_GATHERS;
  }

  /** Leaves the next call to the first that waits. @param size webhooks in the call that ended */
  function leave(key: string, queue: Queue, size: number): void {
    const present = Math.min(MOST_TOGETHER, size + queue.waiting.length);
    if (present > 1) expected.set(key, present);
    else expected.delete(key);
    const next = queue.waiting.shift();
    if (next !== undefined) next.settle(LEAD);
    else if (queues.get(key) === queue) queues.delete(key);
  }

  async function keep(request: AcceptRequest, { account, accountObject, after }: Caller): Promise<AcceptResult> {
    if (isLarge(request)) return callAlone(request, accountObject);
    const key = `${account.region}/${account.id}`;
    const known = queues.get(key);
    const queue = known ?? { calledAt: 0, waiting: [], joined: NOBODY_GATHERS };
    let turn: Turn = LEAD;
    // The request whose call was on its way may be gone.
    if (known === undefined || now() - known.calledAt > PATIENCE) queues.set(key, queue);
    else turn = await turnOf(request, queue, after);
    if (turn.kind === "lead") {
      queue.calledAt = now();
      const company = (expected.get(key) ?? 1) - 1;
      if (queue.waiting.length < company) await gather(queue, company, after);
      const others = queue.waiting.splice(0, MOST_TOGETHER - 1);
      try {
        turn = others.length === 0 ? await callAlone(request, accountObject) : await callTogether(request, others, accountObject);
      } finally {
        leave(key, queue, others.length + 1);
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

/** Calls for one: if it has several events like for several webhooks, since the names of many events cross sooner then. */
async function callAlone(request: AcceptRequest, accountObject: () => AccountMethods): Promise<AcceptResult> {
  const [turn = ALONE] = request.events.length < 2 ? [] : await turnsFrom(accountObject, [request]);
  return turn.kind === "alone" || turn.kind === "lead" ? accept(accountObject, request) : turn;
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
