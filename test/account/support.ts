/**
 * The parts of an account object over real storage, with a clock and a destination that the test holds in its hands.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { SIZE_CAP } from "../../src/account/inbox/accept.ts";
import { type AccountModules, openModules } from "../../src/account/modules.ts";
import type { Report } from "../../src/account/report.ts";
import type { AcceptRequest } from "../../src/account/rpc.ts";
import type { Balance } from "../../src/account/state/ledger.ts";
import { retire } from "../../src/account/state/retention.ts";
import { openStore, type SqlStorageLike, type Store } from "../../src/account/state/store.ts";
import type { Account } from "../../src/config/model.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { consent, deleted, identify, ignore, track } from "../../src/contract/drafts.ts";
import { person, personId, reference, verified } from "../../src/contract/facts.ts";
import { on } from "../../src/contract/handlers.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { token } from "../../src/contract/verify/token.ts";
import type { Answer } from "../../src/pipelines/sender.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";

const item = z.object({
  id: z.string(),
  type: z.string(),
  who: z.string().optional(),
  size: z.number().optional(),
  plan: z.string().optional(),
  user: z.string().optional(),
});

/** A vendor whose webhooks hold any number of events: `{ id, type, who, size }`. */
export const bulk = defineAdapter({
  id: "bulk",
  name: "Bulk",
  secret: { format: /^\S{16,}$/, hint: "", demo: "tributary_demo_bulk" },
  verify: token({ header: "authorization" }),
  batch: "[]",
  webhook: z.object({ body: z.array(item) }),
  events: ({ body }, { receivedAt }) =>
    body.map((data) => ({ id: data.id, type: data.type, occurredAt: receivedAt, test: false, data })),
  handlers: {
    happened: on(item, ({ id, who = id, size = 0 }) =>
      track(person({ ids: [personId("customer", who)] }), "It Happened", { item: id, note: "x".repeat(size) }),
    ),
    returned: on(item, ({ id, who = id }) => track(person({ ids: [reference("order", who)] }), "It Came Back", { item: id })),
    joined: on(item, ({ id, who = id, plan = "pro", user }) => {
      const known = person({ record: { user }, email: verified(`${who}@example.com`), ids: [personId("customer", who)] });
      return [identify(known, { plan }), track(known, "Customer Joined", { item: id })];
    }),
    spoke: on(item, ({ id, who = id }) => identify(person({ ids: [personId("customer", who)] }), { mood: "good" })),
    redacted: on(item, ({ id, who = id }) =>
      deleted(person({ email: verified(`${who}@example.com`), ids: [personId("customer", who)] }), "Customer Deleted", {
        erase: true,
      }),
    ),
    left: on(item, ({ id, who = id, plan = "2026-11-23T10:00:00.000Z" }) => {
      const known = person({ email: verified(`${who}@example.com`), ids: [personId("customer", who)] });
      return [consent(known, { channel: "email", state: "unsubscribed", at: plan }), track(known, "Customer Left", { item: id })];
    }),
    empty: on(item, () => ignore("nothing in it")),
    broken: on(z.object({ missing: z.string() }), () => ignore("never")),
    throwing: on(item, () => {
      throw new RangeError("a defect");
    }),
  },
});

/** An event of the bulk vendor. */
export type Item = z.output<typeof item>;

/** A webhook of these events, as ingest hands it over. */
export function webhookOf(
  items: readonly Item[],
  { source = "bulk", now = START, ignored = {} as Record<string, number> } = {},
): AcceptRequest {
  return {
    source,
    receivedAt: now,
    format: "json",
    headers: {},
    query: {},
    nonce: null,
    body: utf8Bytes(JSON.stringify(items)),
    proof: null,
    events: items.map(({ id, type }) => ({ id, type })),
    ignored,
    unreadable: [],
  };
}

/** When every test begins. */
export const START = Date.UTC(2026, 10, 23, 12);

/** An account object taken apart. */
export interface Parts {
  readonly store: Store;
  readonly tools: AccountModules;
  accept(...requests: readonly AcceptRequest[]): Promise<readonly unknown[]>;
  /** Runs until nothing waits or delivery wants to wait. @returns the time it wants to wait for */
  run(): Promise<number | null>;
  /** Goes on in virtual time until everything has left. */
  drain(): Promise<void>;
  retire(): void;
  balances(): Record<string, Balance>;
  /** What the destination took, one entry per call. */
  readonly taken: {
    readonly type: string;
    readonly messageId: string;
    readonly source: string;
    readonly properties?: { readonly item?: string };
  }[];
  readonly batches: { readonly calls: number; readonly bytes: number }[];
  readonly reports: Report[];
  /** Rows that were written so far. */
  rows(): number;
  /** Rows that were read so far. */
  rowsRead(): number;
  /** Answers of the destination, one per request; 200 when there are none. A function decides by the body. */
  answer: (body: string) => number;
  /** While a run waits for what arrives. No time passes, unless a test lets it pass. */
  pause: (milliseconds: number) => Promise<void>;
  /** Stands between the drain and the destination. */
  intercept: (send: () => Promise<Answer>) => Promise<Answer>;
  /** Answers as the vendors' APIs. */
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  account: Account;
  now: number;
  cap: number;
  /** Milliseconds that events of unknown people wait. */
  hold: number;
}

const call = z.looseObject({
  type: z.string(),
  messageId: z.string(),
  properties: z.looseObject({ item: z.string().optional(), source: z.string() }).optional(),
});
const batch = z.object({ batch: z.array(call) });

/** Runs a test inside a fresh object's storage. */
export async function inObject(test: (parts: Parts, reopen: () => Parts) => Promise<void>): Promise<void> {
  const stub = env.ACCOUNT.get(env.ACCOUNT.newUniqueId());
  await runInDurableObject(stub, (_instance, state) => test(partsOf(state.storage), () => partsOf(state.storage)));
}

/** What the rows that are written cost: Cloudflare bills each. */
function counting(storage: DurableObjectStorage): { readonly storage: SqlStorageLike; rows(): number; rowsRead(): number } {
  const cursors: { readonly rowsWritten: number; readonly rowsRead: number }[] = [];
  const { sql } = storage;
  const exec: SqlStorage["exec"] = <Row extends Record<string, SqlStorageValue>>(statement: string, ...values: unknown[]) => {
    const cursor = sql.exec<Row>(statement, ...values);
    cursors.push(cursor);
    return cursor;
  };
  return {
    storage: {
      sql: {
        exec,
        get databaseSize() {
          return sql.databaseSize;
        },
      },
      transactionSync: (work) => storage.transactionSync(work),
    },
    rows: () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0),
    rowsRead: () => cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0),
  };
}

function partsOf(given: DurableObjectStorage): Parts {
  const { storage, rows, rowsRead } = counting(given);
  const store = openStore(storage);
  const tools = openModules({
    store,
    now: () => parts.now,
    deliveryNow: () => parts.now,
    random: () => 0.5,
    pause: (milliseconds) => parts.pause(milliseconds),
    fetch: (url, init) => parts.fetch(url, init),
    report: (line) => parts.reports.push(line),
    get cap() {
      return parts.cap;
    },
    onStored: () => {},
  });
  const send = async (_path: string, given: string | Uint8Array): Promise<Answer> => {
    const body = typeof given === "string" ? given : new TextDecoder().decode(given);
    const status = parts.answer(body);
    const probe = body.includes("Tributary Probe");
    if (status >= 200 && status < 300 && !probe) {
      const calls = batch.parse(JSON.parse(body)).batch;
      parts.taken.push(
        ...calls.map(({ type, messageId, properties }) => ({
          type,
          messageId,
          source: properties?.source ?? "",
          ...(properties ? { properties: { ...(properties.item === undefined ? {} : { item: properties.item }) } } : {}),
        })),
      );
      parts.batches.push({ calls: calls.length, bytes: body.length });
    }
    return status === 0
      ? { kind: "network", detail: "connection" }
      : { kind: "status", status, retryAfter: null, detail: "because" };
  };
  const parts: Parts = {
    store,
    tools,
    accept: (...requests) => Promise.all(requests.map(tools.accept)),
    run: () =>
      tools.run({
        account: parts.account,
        orphanWait: parts.account.holdOrphans * 1_000,
        identityWait: parts.hold,
        key: { fingerprint: "key", send: (path, body) => parts.intercept(() => send(path, body)) },
      }),
    drain: async () => {
      for (let rounds = 0; rounds < 10_000; rounds += 1) {
        const next = (await parts.run()) ?? tools.waiting.nextDue(parts.now);
        if (next === null) return;
        parts.now = Math.max(parts.now, next);
      }
      throw new Error("it never ends");
    },
    retire: () => {
      retire(tools, tools.settled(), parts.now);
    },
    balances: () => Object.fromEntries(tools.balances()),
    taken: [],
    batches: [],
    reports: [],
    rows,
    rowsRead,
    answer: () => 200,
    pause: async () => {},
    intercept: (send) => send(),
    fetch: async () => new Response(null, { status: 500 }),
    account: accountOf([sourceOf(bulk), sourceOf(bulk, { name: "second" })]),
    now: START,
    cap: SIZE_CAP,
    hold: 0,
  };
  return parts;
}
