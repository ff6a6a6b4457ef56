/**
 * The table of operations against the real account object: every answer is exactly what its schema says.
 */
import { exports } from "cloudflare:workers";
import { afterAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import type { Operation } from "../../src/account/operation.ts";
import {
  isOperationName,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationInput,
  type OperationName,
} from "../../src/account/operations.ts";

const BASE = "http://127.0.0.1:8787/api/v1/accounts/demo";

/** What each operation is asked here, in this order: what fills the account comes first, and the move, during which nothing is answered, last. */
const INPUTS: { readonly [Name in OperationName]: OperationInput<Name> } = {
  "identities.seed": { rows: [{ email: "operations@example.com", user_id: "u_operations" }, { email: "no address" }] },
  "identities.export": { cursor: "addresses/" },
  "identities.pull": { source: "stripe", page: null },
  "people.explain": { name: "operations@example.com" },
  "conflicts.list": { state: "open", cursor: "0" },
  "conflicts.decide": { number: 999_999_999, decision: "merge" },
  "erase.start": { userId: "u_nobody", customerio: "none" },
  "erase.reach": { userId: "u_nobody" },
  "erase.demand": { source: "stripe", addresses: [], ids: ["stripe:customer:cus_nobody"] },
  "erase.status": {},
  "erase.lift": { userId: "u_never_erased" },
  "dead.list": { cursor: "0", source: "no-such-source" },
  "dead.show": { number: "999999999999" },
  "dead.replay": { numbers: [1_000_000] },
  "dead.discard": { all: true, before: 1 },
  "events.list": { source: "no-such-source", limit: "10" },
  "events.show": { source: "stripe", id: "evt_nobody" },
  "events.replay": { events: [{ source: "stripe", id: "evt_nobody" }], dry_run: true },
  "webhooks.import": { source: "stripe", webhooks: [{ body: "no webhook" }, { body: "" }], dry_run: true },
  "alerts.test": {},
  sources: {},
  ledger: {},
  minutes: {},
  told: {},
  secrets: {},
  health: {},
  compact: {},
};

/** What the answers hold. The demo has no such dead letter and no API key, so two of them are refusals. */
const ANSWERS: { readonly [Name in OperationName]: readonly [status: number, answer: object] } = {
  "identities.seed": [200, { written: 2, refused: [{ index: 1 }] }],
  "identities.export": [
    200,
    { rows: expect.arrayContaining([expect.objectContaining({ user_id: "u_operations" })]), next: null },
  ],
  "identities.pull": [409, { detail: expect.stringContaining("API key") }],
  "people.explain": [
    200,
    {
      readAs: "email",
      goesTo: { step: "user_of_address", identifier: "u_operations" },
      addresses: [{ holder: "user" }],
      profiles: [{ name: "u_operations", left: false }],
    },
  ],
  "conflicts.list": [200, { conflicts: [], open: 0, next: null }],
  "conflicts.decide": [404, { error: "not_found" }],
  "erase.reach": [200, { userIds: ["u_nobody"], addresses: [], ids: [], references: [] }],
  "erase.demand": [202, { source: "stripe", customerio: "none", finishedAt: null }],
  "erase.start": [202, { customerio: "none", finishedAt: null, shards: [] }],
  "erase.lift": [409, { detail: expect.stringContaining("under way") }],
  "erase.status": [200, { erasures: expect.arrayContaining([expect.objectContaining({ customerio: "none" })]) }],
  "dead.list": [200, { letters: [], total: 0, next: null }],
  "dead.show": [404, { error: "not_found" }],
  "dead.replay": [200, { moved: 0 }],
  "dead.discard": [200, { moved: 0 }],
  "events.list": [200, { events: [], next: null, searchedTo: null }],
  "events.show": [404, { error: "not_found" }],
  "events.replay": [200, { replayed: 0, replayable: 0, refused: [{ reason: "absent" }] }],
  "webhooks.import": [200, { done: 2, stopped: null, accepted: 1, unreadable: 1, refused: [{ index: 1 }] }],
  "alerts.test": [409, { error: "no_alerts" }],
  sources: [200, { sources: expect.arrayContaining([expect.objectContaining({ name: "stripe", adapter: "stripe", ok: true })]) }],
  ledger: [200, { sources: expect.any(Object) }],
  told: [200, { events: expect.any(Array) }],
  minutes: [
    200,
    { minutes: expect.arrayContaining([{ at: expect.any(Number), kept: 0, duplicate: 0, ignored: 0, sealed: 0, dead: 0 }]) },
  ],
  secrets: [200, { uses: expect.any(Array) }],
  health: [200, { bytes: expect.any(Number) }],
  compact: [202, {}],
};

const erased = z.object({ compaction: z.object({ wantedSince: z.number().nullable() }) });

function ask(name: OperationName): Promise<Response> {
  const { method, path }: Operation = OPERATIONS[name];
  const fields = new Map<string, unknown>(Object.entries(INPUTS[name]));
  const filled = path.replace(/:(\w+)/g, (_, field: string) => {
    const value = String(fields.get(field));
    fields.delete(field);
    return value;
  });
  const url = new URL(BASE + filled);
  if (method === "GET") {
    for (const [field, value] of fields) url.searchParams.set(field, String(value));
    return exports.default.fetch(new Request(url));
  }
  const headers = { "content-type": "application/json" };
  return exports.default.fetch(new Request(url, { method, headers, body: JSON.stringify(Object.fromEntries(fields)) }));
}

// Test files share the account: the next one must find it in its place.
afterAll(async () => {
  await vi.waitUntil(
    async () => {
      const status = erased.safeParse(await (await ask("erase.status")).json());
      return status.success && status.data.compaction.wantedSince === null;
    },
    { timeout: 10_000, interval: 20 },
  );
});

describe("an operation", () => {
  test("has a route of its own", () => {
    const routes = OPERATION_NAMES.map((name) => `${OPERATIONS[name].method} ${OPERATIONS[name].path}`);
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes.length).toBe(Object.keys(INPUTS).length);
  });

  test.each(Object.keys(INPUTS).filter(isOperationName))(
    "%s answers what its schema says, and nothing beside it",
    async (name) => {
      const answer = await ask(name);
      const json = await answer.json();
      const [status, part] = ANSWERS[name];
      expect([answer.status, json]).toMatchObject([status, part]);
      if (answer.ok) expect(OPERATIONS[name].output().parse(json)).toEqual(json);
    },
  );

  test.each(OPERATION_NAMES)("%s can be described as JSON Schema", (name) => {
    const { input, output }: Operation = OPERATIONS[name];
    for (const schema of [z.toJSONSchema(input, { io: "input" }), z.toJSONSchema(output())]) {
      expect(schema).toMatchObject({ type: "object" });
    }
  });
});
