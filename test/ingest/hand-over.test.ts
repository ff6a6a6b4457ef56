/**
 * Handing webhooks over together: what shares a call, and that no webhook depends on the request of another.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AcceptAnswer, AcceptRequest, AccountMethods } from "../../src/account/rpc.ts";
import type { AcceptResult } from "../../src/ingest/accept.ts";
import { type Caller, createHandOver } from "../../src/ingest/hand-over.ts";
import { accountOf } from "../support/accounts.ts";
import { virtualTime } from "../support/virtual-time.ts";
import { NOW } from "./vendors.ts";

const PATIENCE = 3_000;
const GATHERING = 2;

function webhook(id: string, bytes = 10): AcceptRequest {
  return {
    ...{ source: "billing", receivedAt: NOW, format: "json", headers: {}, query: {}, nonce: null, proof: null },
    ...{ body: new Uint8Array(bytes), events: [{ id, type: "paid" }], ignored: {}, unreadable: [] },
  };
}

const idOf = ({ events }: AcceptRequest): string => events[0]?.id ?? "";

/** As the object answers: what it has stored already is a duplicate. */
function storing() {
  const stored = new Set<string>();
  return {
    stored,
    answer: (request: AcceptRequest): AcceptAnswer => {
      const isKnown = stored.has(idOf(request));
      stored.add(idOf(request));
      return { kind: "stored", accepted: isKnown ? 0 : 1, duplicate: isKnown ? 1 : 0 };
    },
  };
}

/** A call of an object that the test answers. */
interface Call {
  readonly name: string;
  readonly method: "accept" | "acceptAll";
  readonly ids: readonly string[];
  /** Answers as the object does. @param lost the store fails to keep these */
  answer(lost?: readonly string[]): void;
  fail(properties: object): void;
}

/** An isolate with objects that answer when the test says so. */
function isolate() {
  const clock = virtualTime(NOW);
  const handOver = createHandOver(clock.now);
  const calls: Call[] = [];
  const objects = new Map<string, ReturnType<typeof storing>>();
  const kept: Promise<unknown>[] = [];
  const objectOf = (name: string): AccountMethods => {
    const object = objects.get(name) ?? storing();
    objects.set(name, object);
    const called = (method: Call["method"], requests: readonly AcceptRequest[]) =>
      new Promise<readonly (AcceptAnswer | null)[]>((resolve, reject) => {
        calls.push({
          name,
          method,
          ids: requests.map(idOf),
          answer: (lost = []) =>
            resolve(requests.map((request) => (lost.includes(idOf(request)) ? null : object.answer(request)))),
          fail: (properties) => reject(Object.assign(new Error("the call failed"), properties)),
        });
      });
    return {
      accept: async (request) => {
        const [answer] = await called("accept", [request]);
        if (!answer) throw new Error("the store failed");
        return answer;
      },
      acceptAll: (requests) => called("acceptAll", requests),
      failed: async () => {},
    };
  };
  const callerOf = (name: string): Caller => ({
    account: { ...accountOf([]), id: name },
    accountObject: () => objectOf(name),
    after: clock.after,
    waitUntil: (work) => kept.push(work),
  });
  return {
    clock,
    calls,
    kept,
    stored: (name = "acme") => objects.get(name)?.stored ?? new Set(),
    send: (request: AcceptRequest, name = "acme"): Promise<AcceptResult> => handOver(request, callerOf(name)),
    /** Lets everything go on that waits for nothing from outside. */
    settle: async () => {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
}

const STORED = { kind: "stored", accepted: 1, duplicate: 0 };

describe("webhooks of one account", () => {
  test("wait for nothing while no call is on its way", async () => {
    const { calls, clock, send } = isolate();
    for (const id of ["a", "b", "c"]) {
      const answer = send(webhook(id));
      expect(calls.at(-1)?.ids).toEqual([id]);
      calls.at(-1)?.answer();
      expect(await answer).toEqual(STORED);
    }
    expect(clock.waiting()).toBe(0);
  });

  test("of many events are called for in the other form too, where an object of an earlier release knows no other", async () => {
    const { calls, send, settle } = isolate();
    const answer = send({ ...webhook("a"), events: ["a", "b"].map((id) => ({ id, type: "opened" })) });
    expect(calls.map(({ method }) => method)).toEqual(["acceptAll"]);
    calls[0]?.fail({});
    await settle();
    expect(calls.map(({ method }) => method)).toEqual(["acceptAll", "accept"]);
    calls[1]?.answer();
    expect(await answer).toEqual(STORED);
  });

  test("that arrive during a call share the next one, in their order, and no timer is left", async () => {
    const { calls, clock, send, settle, kept } = isolate();
    const answers = ["a", "b", "c", "d"].map((id) => send(webhook(id)));
    await settle();
    expect(calls.map(({ ids }) => ids)).toEqual([["a"]]);
    calls[0]?.answer();
    await settle();
    clock.pass(GATHERING);
    await settle();
    expect(calls.map(({ ids }) => ids)).toEqual([["a"], ["b", "c", "d"]]);
    calls[1]?.answer();
    expect(await Promise.all(answers)).toEqual([STORED, STORED, STORED, STORED]);
    expect(clock.waiting()).toBe(0);
    // The request of each goes on when its sender disconnects: the others may wait for its call.
    expect(kept).toHaveLength(4);
  });

  test("that shared a call come again together: the next call waits for as many, and not longer than a moment", async () => {
    const { calls, clock, send, settle } = isolate();
    const sendAll = (...ids: readonly string[]) => ids.map((id) => send(webhook(id)));
    const ended = async (index: number, answers: readonly Promise<AcceptResult>[]) => {
      calls[index]?.answer();
      expect(await Promise.all(answers)).toEqual(answers.map(() => STORED));
      await settle();
    };
    const [first, ...others] = sendAll("a", "b", "c");
    await ended(0, first === undefined ? [] : [first]);
    // Three were there when the first call ended: two wait, and the third comes again.
    expect(calls).toHaveLength(1);
    others.push(...sendAll("d"));
    await settle();
    expect(calls[1]?.ids).toEqual(["b", "c", "d"]);
    await ended(1, others);
    const late = sendAll("e", "f");
    clock.pass(GATHERING - 1);
    await settle();
    expect(calls).toHaveLength(2);
    clock.pass(1);
    await settle();
    expect(calls[2]?.ids).toEqual(["e", "f"]);
    await ended(2, late);
    const alone = sendAll("g");
    clock.pass(GATHERING);
    await settle();
    await ended(3, alone);
    // Nobody is expected any more.
    const last = sendAll("h");
    expect(calls[4]?.ids).toEqual(["h"]);
    await ended(4, last);
    expect(clock.waiting()).toBe(0);
  });

  test("share a call with 63 others at most, and large ones with none", async () => {
    const { calls, clock, send, settle } = isolate();
    const answers = Array.from({ length: 130 }, (_, index) => send(webhook(String(index))));
    answers.push(send(webhook("large", 64 * 1024 + 1)));
    for (let index = 0; index < calls.length; index += 1) {
      calls[index]?.answer();
      await settle();
      clock.pass(GATHERING);
      await settle();
    }
    expect(calls.map(({ ids }) => ids.length)).toEqual([1, 1, 64, 64, 1]);
    expect(calls[1]?.ids).toEqual(["large"]);
    expect(await Promise.all(answers)).toEqual(answers.map(() => STORED));
  });

  test("never wait for another account", async () => {
    const { calls, send } = isolate();
    void send(webhook("a"), "one");
    void send(webhook("b"), "other");
    expect(calls.map(({ name }) => name)).toEqual(["one", "other"]);
  });
});

describe("a call for several", () => {
  /** One call is on its way, and these wait for the next, which begins. */
  async function together(...ids: readonly string[]) {
    const parts = isolate();
    const first = parts.send(webhook("first"));
    const answers = ids.map((id) => parts.send(webhook(id)));
    parts.calls[0]?.answer();
    await first;
    await parts.settle();
    parts.clock.pass(GATHERING);
    await parts.settle();
    const call = parts.calls[1];
    if (call === undefined) throw new Error("there is no second call");
    return { ...parts, call, answers };
  }

  test("that fails is made again by each for itself", async () => {
    const { call, calls, answers, settle, stored } = await together("a", "b", "c");
    call.fail({ retryable: true });
    await settle();
    expect(new Set(calls.slice(2).map(({ ids }) => ids.join()))).toEqual(new Set(["a", "b", "c"]));
    for (const alone of calls.slice(2)) alone.answer();
    expect(await Promise.all(answers)).toEqual([STORED, STORED, STORED]);
    expect(stored()).toEqual(new Set(["first", "a", "b", "c"]));
  });

  test("that the object has too many of is not made again", async () => {
    const { call, calls, answers, settle } = await together("a", "b");
    call.fail({ overloaded: true, retryable: true });
    const busy = { kind: "failed", reason: "overloaded" };
    expect(await Promise.all(answers)).toEqual([busy, busy]);
    await settle();
    expect(calls).toHaveLength(2);
  });

  test("leaves only that one alone which the store fails to keep", async () => {
    const { call, calls, answers, settle } = await together("a", "b", "c");
    call.answer(["b"]);
    await settle();
    expect(calls.slice(2).map(({ ids }) => ids)).toEqual([["b"]]);
    calls[2]?.fail({});
    expect(await Promise.all(answers)).toEqual([STORED, { kind: "failed", reason: "rejected" }, STORED]);
  });

  test("that is never answered holds nobody up: each calls for itself, and so do later webhooks", async () => {
    const { calls, answers, clock, send, settle } = await together("a", "b", "c");
    const late = send(webhook("d"));
    clock.pass(PATIENCE);
    await settle();
    // The leader waits for its own call, as a request without others does.
    expect(calls.slice(2).map(({ ids }) => ids)).toEqual([["b"], ["c"], ["d"]]);
    clock.pass(1);
    const later = send(webhook("e"));
    clock.pass(GATHERING);
    await settle();
    expect(calls.at(-1)?.ids).toEqual(["e"]);
    for (const call of calls.slice(2)) call.answer();
    expect(await Promise.all([...answers.slice(1), late, later])).toEqual([STORED, STORED, STORED, STORED]);
  });
});

test("whatever fails, and whenever: each webhook has one answer, and none is acknowledged that is not stored", async () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ send: fc.constantFrom("one", "other"), large: fc.boolean() }) },
      {
        weight: 4,
        arbitrary: fc.record({
          end: fc.constantFrom("answer", "lose", "retryable", "overloaded", "broken"),
          which: fc.nat({ max: 5 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 2 * PATIENCE }) }) },
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { calls, clock, send, settle, stored } = isolate();
      const sent: { readonly id: string; readonly name: string; readonly answer: Promise<AcceptResult> }[] = [];
      const ended = new Set<Call>();
      const open = () => calls.filter((call) => !ended.has(call));
      const end = (call: Call, how: string): void => {
        ended.add(call);
        if (how === "answer") call.answer();
        else if (how === "lose") call.answer(call.ids.slice(0, 1));
        else call.fail({ [how]: true });
      };
      for (const step of taken) {
        if ("send" in step) {
          const id = String(sent.length);
          const request = webhook(id, step.large ? 65 * 1024 : 10);
          sent.push({ id, name: step.send, answer: send(request, step.send) });
        } else if ("pass" in step) clock.pass(step.pass);
        else {
          const call = open()[step.which];
          if (call !== undefined) end(call, step.end);
        }
        await settle();
      }
      clock.pass(GATHERING);
      await settle();
      while (open().length > 0) {
        for (const call of open()) end(call, "answer");
        await settle();
        clock.pass(GATHERING);
        await settle();
      }
      const answers = await Promise.all(sent.map(({ answer }) => answer));
      for (const [index, answer] of answers.entries()) {
        const one = sent[index];
        if (one !== undefined && answer.kind === "stored") expect(stored(one.name)).toContain(one.id);
      }
      expect(clock.waiting()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
