import { describe, expect, test } from "vitest";
import type { DeadQuery } from "../../src/account/dead-letters/dead-letters.ts";
import { discard, replay } from "../../src/account/dead-letters/replay.ts";
import { type Inbox, openInbox } from "../../src/account/inbox/inbox.ts";
import { LARGEST_VALUE, writeRows } from "../../src/account/state/store.ts";
import { readTables } from "../../src/account/state/tables.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { messageIdOf } from "../../src/pipelines/message-id.ts";
import { type Item, inObject, type Parts, START, webhookOf } from "./support.ts";

const DAY = 86_400_000;

const happened = (id: string, more: Partial<Item> = {}): Item => ({ id, type: "happened", ...more });
const several = (count: number, from = 0): Item[] => Array.from({ length: count }, (_, index) => happened(`e${from + index}`));
const items = (parts: Parts): unknown[] => parts.taken.map((call) => call.properties?.item);

/** The equation of the ledger. */
function expectBalance(parts: Parts): void {
  for (const sums of Object.values(parts.balances())) {
    expect(sums.received).toBe(sums.delivered + sums.pending + sums.ignored + sums.duplicate + sums.dead + sums.discarded);
  }
}

describe("accept", () => {
  test("keeps a webhook, recognises it again, and tells which of its events are new", async () => {
    await inObject(async (parts) => {
      expect(await parts.accept(webhookOf(several(3)))).toEqual([{ kind: "stored", accepted: 3, duplicate: 0 }]);
      expect(await parts.accept(webhookOf(several(3)))).toEqual([{ kind: "stored", accepted: 0, duplicate: 3 }]);
      expect(await parts.accept(webhookOf(several(3, 2)))).toEqual([{ kind: "stored", accepted: 2, duplicate: 1 }]);
      expectBalance(parts);
      expect(parts.balances().bulk).toMatchObject({ received: 9, pending: 5, duplicate: 4 });
      await parts.drain();
      expect(items(parts)).toEqual(["e0", "e1", "e2", "e3", "e4"]);
      expect(parts.balances().bulk).toMatchObject({ received: 9, delivered: 5, duplicate: 4, pending: 0 });
    });
  });

  test("an event that stands twice in one webhook is one event", async () => {
    await inObject(async (parts) => {
      expect(await parts.accept(webhookOf([happened("a"), happened("b"), happened("a")]))).toEqual([
        { kind: "stored", accepted: 2, duplicate: 1 },
      ]);
      await parts.drain();
      expect(items(parts)).toEqual(["a", "b"]);
      expectBalance(parts);
    });
  });

  test("the same event at one instant is accepted once", async () => {
    await inObject(async (parts) => {
      const answers = await parts.accept(...Array.from({ length: 20 }, () => webhookOf([happened("a")])));
      expect(answers.filter((answer) => JSON.stringify(answer).includes('"accepted":1'))).toHaveLength(1);
      await parts.drain();
      expect(items(parts)).toEqual(["a"]);
      expect(parts.balances().bulk).toMatchObject({ received: 20, delivered: 1, duplicate: 19 });
    });
  });

  test("the same id of another source is another event", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("a")]), webhookOf([happened("a")], { source: "second" }));
      await parts.drain();
      expect(new Set(parts.taken.map((call) => call.messageId)).size).toBe(2);
    });
  });

  test("duplicates are recognised across days, for a retention at least", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("a")]));
      await parts.drain();
      for (let day = 1; day <= 7; day += 1) {
        parts.now = START + day * DAY;
        parts.retire();
        expect(await parts.accept(webhookOf([happened("a")], { now: parts.now }))).toEqual([
          { kind: "stored", accepted: 0, duplicate: 1 },
        ]);
      }
    });
  });

  test("webhooks of which nothing is kept and that commit together leave one row", async () => {
    await inObject(async (parts) => {
      // The first finds nothing on its way to the disk and is committed alone.
      await parts.accept(...Array.from({ length: 10 }, () => webhookOf([], { ignored: { "no handler for this type": 2 } })));
      expect(parts.balances().bulk).toMatchObject({ received: 20, ignored: 20, pending: 0 });
      expect(parts.tools.inbox.read("bulk", 0, 100, 1_000_000)).toHaveLength(2);
      await parts.drain();
      expect(parts.batches).toEqual([]);
      expect(parts.balances().bulk).toMatchObject({ received: 20, ignored: 20, reasons: { "no handler for this type": 20 } });
    });
  });

  test("webhooks that come one by one wait for no turn, and after eight of them it is seen whether others come", async () => {
    await inObject(async (parts) => {
      const rows = () => parts.tools.inbox.read("bulk", 0, 100, 1_000_000).length;
      const ignored = () => webhookOf([], { ignored: { "no handler for this type": 1 } });
      const turn = () => new Promise((resume) => setTimeout(resume, 0));
      await parts.accept(ignored());
      await turn();
      // Nothing followed: eight are committed at once, and the ninth waits while the others gather.
      await parts.accept(...Array.from({ length: 20 }, ignored));
      expect(rows()).toBe(1 + 8 + 1 + 1);
      // The last turn found nothing again.
      await turn();
      await parts.accept(...Array.from({ length: 10 }, ignored));
      expect(rows()).toBe(11 + 8 + 1 + 1);
      expect(parts.balances().bulk).toMatchObject({ received: 31, ignored: 31 });
    });
  });

  test("one request that the store refuses does not spoil the others", async () => {
    await inObject(async (parts) => {
      const spoiled = { ...webhookOf([happened("b")]), headers: { "x-large": "x".repeat(LARGEST_VALUE + 1) } };
      const answers = await Promise.allSettled([
        parts.accept(webhookOf([happened("a")])),
        parts.accept(spoiled),
        parts.accept(webhookOf([happened("c")])),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      await parts.drain();
      expect(items(parts)).toEqual(["a", "c"]);
      // Nothing of the refused one was kept: the vendor's next try is accepted.
      expect(await parts.accept(webhookOf([happened("b")]))).toEqual([{ kind: "stored", accepted: 1, duplicate: 0 }]);
    });
  });

  test("more than 8 MiB waiting is refused", async () => {
    await inObject(async (parts) => {
      const large = (id: string) => ({ ...webhookOf([happened(id)]), body: new Uint8Array(3 * 1024 * 1024) });
      expect(await parts.accept(large("a"), large("b"), large("c"))).toEqual([
        { kind: "stored", accepted: 1, duplicate: 0 },
        { kind: "stored", accepted: 1, duplicate: 0 },
        { kind: "refused", reason: "busy" },
      ]);
      expect(await parts.accept(large("c"))).toEqual([{ kind: "stored", accepted: 1, duplicate: 0 }]);
    });
  });

  test("a body larger than one value comes back as it was", async () => {
    await inObject(async (parts) => {
      const body = utf8Bytes(JSON.stringify([{ ...happened("a"), padding: "é".repeat(2_300_000) }]));
      await parts.accept({ ...webhookOf([happened("a")]), body });
      await parts.accept(webhookOf([happened("b")]));
      const [entry, next] = parts.tools.inbox.read("bulk", 0, 10, 100_000_000);
      expect(entry?.lastSeq).toBe(3);
      expect(entry?.body).toEqual(body);
      expect(next?.seq).toBe(4);
      await parts.drain();
      expect(items(parts)).toEqual(["a", "b"]);
    });
  });

  test("a body in the middle of other bytes is stored without them", async () => {
    await inObject(async (parts) => {
      const text = JSON.stringify([happened("a")]);
      const bytes = utf8Bytes(`before${text}after`);
      await parts.accept({ ...webhookOf([happened("a")]), body: bytes.subarray(6, bytes.length - 5) });
      expect(parts.tools.inbox.read("bulk", 0, 10, 1_000)[0]?.body).toEqual(utf8Bytes(text));
    });
  });
});

describe("a row", () => {
  /** Bytes of the largest. */
  const largestIn = ({ store }: Parts, table: string): number => {
    const sizes = store
      .run("SELECT name FROM pragma_table_info(?)", table)
      .map(({ name }) => `coalesce(octet_length("${name}"), 0)`);
    return Number(store.run(`SELECT max(${sizes.join(" + ")}) AS size FROM "${table}"`)[0]?.size);
  };

  test("is never larger than Cloudflare allows, however many events a large webhook has", async () => {
    await inObject(async (parts) => {
      const events = [...several(9_999).map(({ id, type }) => ({ id: `${id}-価格価格価格`, type })), { id: "x", type: "broken" }];
      const webhook = webhookOf(events);
      const body = new Uint8Array(2 * LARGEST_VALUE - 10).fill(32);
      body.set(webhook.body);
      expect(await parts.accept({ ...webhook, body })).toEqual([{ kind: "stored", accepted: 10_000, duplicate: 0 }]);
      const [table] = parts.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'log_*'");
      expect(largestIn(parts, String(table?.name))).toBeLessThan(2_000_000);
      const [entry] = parts.tools.inbox.read("bulk", 0, 10, 100_000_000);
      expect(entry?.body).toEqual(body);
      await parts.drain();
      expect(parts.balances().bulk).toMatchObject({ received: 10_000, delivered: 9_999, dead: 1 });
      expect(largestIn(parts, "dead_webhook")).toBeLessThan(2_000_000);
      expect(parts.tools.dead.webhookOf(1)?.body).toEqual(body);
    });
  });

  test("of which the store is told is refused where Cloudflare would", async () => {
    await inObject(async ({ store }) => {
      const row = [1, "x".repeat(1_000_000), new ArrayBuffer(1_000_001)] as const;
      expect(() =>
        writeRows(store, [row], (values) => `INSERT INTO dead_webhook (seq, envelope, body) VALUES ${values}`),
      ).toThrow("a row of more than 2000000 bytes");
    });
  });
});

describe("a run", () => {
  test("order is the order of acceptance, and identify goes before track", async () => {
    await inObject(async (parts) => {
      for (let index = 0; index < 5; index += 1)
        await parts.accept(webhookOf([{ id: `j${index}`, type: "joined", who: `p${index}` }, happened(`h${index}`)]));
      await parts.drain();
      expect(parts.taken.map((call) => call.properties?.item ?? call.type)).toEqual(
        [0, 1, 2, 3, 4].flatMap((index) => ["identify", `j${index}`, `h${index}`]),
      );
    });
  });

  test("batches are over 90 % full under load, and none is too large", async () => {
    await inObject(async (parts) => {
      for (let from = 0; from < 2_000; from += 100) {
        await parts.accept(webhookOf(several(100, from).map((one) => ({ ...one, size: 700 }))));
      }
      await parts.drain();
      expect(items(parts)).toHaveLength(2_000);
      for (const { bytes } of parts.batches.slice(0, -1)) expect(bytes).toBeGreaterThan(450_000);
      for (const { bytes } of parts.batches) expect(bytes).toBeLessThanOrEqual(500_000);
    });
  });

  test("what does not become a call ends in the ledger, with a dead letter where a person must look", async () => {
    await inObject(async (parts) => {
      const odd = ["empty", "broken", "throwing"].map((type) => ({ id: type, type }));
      await parts.accept(webhookOf([happened("a"), ...odd, happened("b")]));
      await parts.drain();
      expect(items(parts)).toEqual(["a", "b"]);
      expect(parts.balances().bulk).toMatchObject({
        received: 5,
        delivered: 2,
        ignored: 1,
        dead: 2,
        reasons: { "nothing in it": 1 },
      });
      expect(parts.tools.dead.find({}, 0, 10)).toMatchObject([
        { id: "broken", reason: "schema", detail: "missing: missing" },
        { id: "throwing", reason: "exception", detail: "RangeError" },
      ]);
      expect(new TextDecoder().decode(parts.tools.dead.webhookOf(2)?.body)).toContain('"throwing"');
    });
  });

  test("a destination that is down delays and loses nothing; ids stay the same", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf(several(3)));
      let refusals = 0;
      const seen: string[] = [];
      parts.answer = (body) => {
        seen.push(...[...body.matchAll(/"messageId":"(\w+)"/g)].map((match) => match[1] ?? ""));
        refusals += 1;
        return refusals < 10 ? 503 : 200;
      };
      await parts.drain();
      expect(new Set(seen).size).toBe(3);
      expect(items(parts)).toEqual(["e0", "e1", "e2"]);
      expect(parts.now - START).toBeGreaterThan(60_000);
      expectBalance(parts);
    });
  });

  test("a poison event dies alone, and its webhook can be looked at", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf(several(60)));
      parts.answer = (body) => (body.includes('"e37"') ? 400 : 200);
      await parts.drain();
      expect(items(parts)).toEqual(
        several(60)
          .map(({ id }) => id)
          .filter((id) => id !== "e37"),
      );
      expect(parts.tools.dead.find({}, 0, 10)).toMatchObject([
        { id: "e37", source: "bulk", type: "happened", reason: "refused", detail: "400 because" },
      ]);
      expect(parts.balances().bulk).toMatchObject({ received: 60, delivered: 59, dead: 1 });
      expect(parts.reports).toEqual([{ outcome: "dead", source: "bulk", type: "happened", id: "e37", reason: "refused" }]);
    });
  });

  test("halfway through a webhook a restart goes on where it stopped", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf(several(40)));
      let requests = 0;
      parts.answer = (body) => {
        requests += 1;
        if (body.includes('"e39"')) return requests > 3 ? 0 : 400;
        return 200;
      };
      await parts.run();
      const first = items(parts);
      expect(first.length).toBeGreaterThan(0);
      expect(first.length).toBeLessThan(40);
      expectBalance(parts);
      const again = reopen();
      again.now = parts.now + 3_600_000;
      expectBalance(again);
      await again.drain();
      expect([...first, ...items(again)]).toEqual(several(40).map(({ id }) => id));
      expect(again.balances().bulk).toMatchObject({ received: 40, delivered: 40 });
    });
  });

  test.each([
    ["of a well source that ends the object", 200, true],
    ["of a source under quarantine that ends the object", 400, true],
    ["of a well source that ends the run", 200, false],
    ["of a source under quarantine that ends the run", 400, false],
  ])("a webhook %s three times becomes a dead letter; others are delivered", async (_, status, isObject) => {
    await inObject(async (parts, reopen) => {
      const killer = "the process ended";
      let requests = 0;
      parts.answer = (body) => {
        requests += 1;
        return body.includes("Tributary Probe") ? 200 : requests === 1 ? status : 503;
      };
      await parts.accept(webhookOf(several(4)));
      await parts.run();
      const taken: unknown[] = items(parts);
      await parts.accept(webhookOf([happened("a")]), webhookOf([happened("b")], { source: "second" }));
      await parts.accept(webhookOf([happened("killer")]));
      await parts.accept(webhookOf([happened("c")]), webhookOf([happened("d")], { source: "second" }));
      expect(parts.tools.state.current().delivery.quarantined.has("bulk")).toBe(status === 400);
      let deaths = 0;
      /** Dies each time it comes to translate that webhook. */
      const dying = (own: Parts): Parts => {
        const { read } = own.tools.book;
        const readOrDie: typeof read = (keys, now) => {
          if (keys.people.some((key) => key.endsWith(":killer"))) {
            deaths += 1;
            throw new Error(killer);
          }
          return read(keys, now);
        };
        Object.assign(own.tools.book, { read: readOrDie });
        return own;
      };
      let own = isObject ? parts : dying(parts);
      own.answer = () => 200;
      for (let life = 0; life < 8; life += 1) {
        const { now } = own;
        if (isObject) own = dying(reopen());
        own.now = now;
        await own.drain().catch((error: unknown) => {
          if (!(error instanceof Error && error.message === killer)) throw error;
        });
        if (isObject) taken.push(...items(own));
      }
      const all = isObject ? taken : items(own);
      expect(all.toSorted()).toEqual([...several(4).map(({ id }) => id), "a", "b", "c", "d"].toSorted());
      expect(own.tools.dead.find({}, 0, 10)).toMatchObject([{ id: "killer", reason: "crashed" }]);
      // With all others, in rounds that were recorded or not; then three times by itself.
      expect(deaths).toBe(isObject ? 4 : 5);
      expect(own.balances().bulk).toMatchObject({ received: 7, delivered: 6, dead: 1 });
      expect(own.balances().second).toMatchObject({ received: 2, delivered: 2 });
      expect(own.tools.state.current().attempting).toBeNull();
    });
  });
});

describe("the size cap", () => {
  const large = (id: string, source: string) => ({
    ...webhookOf([happened(id)], { source }),
    body: utf8Bytes(JSON.stringify([{ ...happened(id), padding: "x".repeat(400_000) }])),
  });

  test("delivered days go first; when only pending is left, nothing more is taken, and nothing is lost", async () => {
    await inObject(async (parts) => {
      for (const id of ["a", "b", "c"]) await parts.accept(large(id, "bulk"));
      await parts.drain();
      parts.now += DAY;
      parts.answer = () => 503;
      parts.cap = parts.store.size() - 1;
      expect(await parts.accept(large("d", "second"))).toEqual([{ kind: "stored", accepted: 1, duplicate: 0 }]);
      expect(parts.tools.inbox.bytesOf("bulk")).toBe(0);
      parts.cap = parts.store.size() - 1;
      expect(await parts.accept(large("e", "second"))).toEqual([{ kind: "refused", reason: "full" }]);
      parts.answer = () => 200;
      await parts.drain();
      expect(items(parts)).toEqual(["a", "b", "c", "d"]);
      expect(await parts.accept(large("e", "second"))).toEqual([{ kind: "stored", accepted: 1, duplicate: 0 }]);
    });
  });

  test("to make room that fails half-way changes nothing", async () => {
    await inObject(async (parts) => {
      const makeRoomFor = async (id: string, source: string): Promise<readonly unknown[]> => {
        await parts.drain();
        parts.now += DAY;
        parts.cap = parts.store.size() - 1;
        const answers = await parts.accept(large(id, source));
        parts.cap = Number.MAX_SAFE_INTEGER;
        return answers;
      };
      const stored = { kind: "stored", accepted: 1, duplicate: 0 };
      expect(await parts.accept(large("a", "bulk"))).toEqual([stored]);
      expect(await makeRoomFor("b", "second")).toEqual([stored]);
      await parts.accept(webhookOf(several(300), { source: "second" }));
      const table = String(parts.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'keys_*'")[0]?.name);
      parts.store.run(`CREATE TRIGGER failing BEFORE INSERT ON ${table} WHEN NEW.id = 0 BEGIN SELECT RAISE(ABORT, 'full'); END`);
      await expect(makeRoomFor("c", "bulk")).rejects.toThrow("full");
      parts.store.run("DROP TRIGGER failing");
      expect(await makeRoomFor("c", "bulk")).toEqual([stored]);
      for (const [id, source] of [
        ["a", "bulk"],
        ["b", "second"],
        ["c", "bulk"],
      ] as const)
        expect(await parts.accept(large(id, source))).toEqual([{ kind: "stored", accepted: 0, duplicate: 1 }]);
    });
  });

  test("what a source holds is added up once, and a further wake reads little of it", async () => {
    await inObject(async (parts) => {
      const { store, rowsRead, tools } = parts;
      const several = (name: string, count: number) =>
        Array.from({ length: count }, (_, index) => webhookOf([{ id: `${name}${index}`, type: "happened" }]));
      const wake = (): Inbox =>
        openInbox({ store, known: readTables(store), finished: tools.inbox.lastSeq(), onRemoval: () => {} });
      const table = `log_${Math.floor(parts.now / DAY)}_bulk`;
      const exactly = () =>
        store.run(`SELECT sum(length(body) + coalesce(length(envelope), 0)) AS bytes FROM "${table}"`)[0]?.bytes;

      await parts.accept(...several("a", 1_500));
      expect(tools.inbox.bytesOf("bulk")).toBe(exactly());
      await parts.accept(...several("b", 10));
      const whole = exactly();
      const before = rowsRead();
      expect(wake().bytesOf("bulk")).toBe(whole);
      expect(rowsRead() - before).toBeLessThan(100);

      for (const seq of [3, 1_505]) {
        const entry = tools.inbox.find("bulk", seq);
        if (entry !== null) store.transaction(() => tools.inbox.drop(entry));
        expect(tools.inbox.bytesOf("bulk")).toBe(exactly());
        expect(wake().bytesOf("bulk")).toBe(exactly());
      }
      // Its name may be that of a new table the same day.
      store.transaction(() => tools.inbox.retireOldest(new Map([["bulk", { seq: 9_999, events: 0 }]])));
      await parts.accept(...several("c", 3));
      expect(wake().bytesOf("bulk")).toBe(exactly());
    });
  });

  test("one source may hold half of it, and the others go on", async () => {
    await inObject(async (parts) => {
      parts.answer = () => 503;
      parts.cap = 3_000_000;
      for (const id of ["a", "b", "c", "d"]) await parts.accept(large(id, "bulk"));
      expect(await parts.accept(large("e", "bulk"))).toEqual([{ kind: "refused", reason: "source_full" }]);
      expect(await parts.accept(large("e", "second"))).toEqual([{ kind: "stored", accepted: 1, duplicate: 0 }]);
    });
  });
});

describe("dead letters", () => {
  const withDead = async (parts: Parts): Promise<void> => {
    await parts.accept(webhookOf([happened("a"), { id: "x", type: "broken" }, { id: "y", type: "throwing" }]));
    await parts.accept(webhookOf([{ id: "x", type: "broken" }], { source: "second" }));
    await parts.drain();
  };

  test("are found by source, type, reason, time and text", async () => {
    await inObject(async (parts) => {
      await withDead(parts);
      const find = (query: DeadQuery): string[] =>
        parts.tools.dead
          .find(query, 0, 10)
          .map(({ source, id }) => `${source}/${id}`)
          .sort();
      expect(find({})).toEqual(["bulk/x", "bulk/y", "second/x"]);
      expect(find({ source: "second" })).toEqual(["second/x"]);
      expect(find({ type: "throwing" })).toEqual(["bulk/y"]);
      expect(find({ reason: "schema" })).toEqual(["bulk/x", "second/x"]);
      expect(find({ numbers: [1, 99] })).toHaveLength(1);
      expect(find({ since: START + 1 })).toEqual([]);
      expect(find({ text: "RangeError" })).toEqual(["bulk/y"]);
      expect(find({ text: "%" })).toEqual([]);
    });
  });

  test("are delivered by a replay once the adapter takes them, with the ids they always had", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("a"), happened("b"), happened("c")]));
      parts.answer = (body) => (body.includes('"b"') ? 400 : 200);
      await parts.drain();
      const refused: string[] = [];
      parts.answer = (body) => {
        refused.push(...[...body.matchAll(/"messageId":"(\w+)"/g)].map((match) => match[1] ?? ""));
        return 200;
      };
      parts.now += 3 * DAY;
      expect(await replay(parts.tools, { type: "happened" }, parts.now)).toBe(1);
      expectBalance(parts);
      expect(parts.balances().bulk).toMatchObject({ received: 3, delivered: 2, pending: 1, dead: 0 });
      await parts.drain();
      expect(items(parts)).toEqual(["a", "c", "b"]);
      expect(refused).toEqual([
        await messageIdOf({
          account: "demo",
          source: "bulk",
          eventId: "b",
          occurredAt: new Date(START).toISOString(),
          callKey: "track/0/It Happened",
        }),
      ]);
      expect(parts.balances().bulk).toMatchObject({ received: 3, delivered: 3, dead: 0 });
      expect(parts.store.run("SELECT * FROM dead_webhook")).toEqual([]);
    });
  });

  test("a replay of one leaves the others of its webhook, and dies again if nothing was mended", async () => {
    await inObject(async (parts) => {
      await withDead(parts);
      await replay(parts.tools, { type: "broken", source: "bulk" }, parts.now);
      expectBalance(parts);
      await parts.drain();
      const letters = parts.tools.dead.find({}, 0, 10);
      expect(letters.map(({ source, id }) => `${source}/${id}`).sort()).toEqual(["bulk/x", "bulk/y", "second/x"]);
      for (const { number, id } of letters)
        expect(new TextDecoder().decode(parts.tools.dead.webhookOf(number)?.body)).toContain(`"${id}"`);
      expectBalance(parts);
    });
  });

  test("what is discarded is gone, and counted", async () => {
    await inObject(async (parts) => {
      await withDead(parts);
      expect(discard(parts.tools, { source: "bulk" })).toBe(2);
      expect(parts.balances().bulk).toMatchObject({ received: 3, delivered: 1, dead: 0, discarded: 2 });
      expect(parts.tools.dead.count()).toBe(1);
      expectBalance(parts);
    });
  });
});

describe("retention", () => {
  test("a delivered day is dropped after a week, a pending one never", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([happened("a")]));
      await parts.drain();
      parts.now = START + 3 * DAY;
      parts.answer = () => 503;
      await parts.accept(webhookOf([happened("b")], { now: parts.now }));
      await parts.run();
      parts.now = START + 12 * DAY;
      parts.retire();
      const tables = parts.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'log_*'");
      expect(tables).toHaveLength(1);
      parts.answer = () => 200;
      await parts.drain();
      expect(items(parts)).toEqual(["a", "b"]);
      expect(parts.balances().bulk).toMatchObject({ delivered: 2, late: 1 });
      parts.now = START + 13 * DAY;
      parts.retire();
      expect(parts.store.run("SELECT name FROM sqlite_master WHERE name GLOB 'log_*'")).toEqual([]);
    });
  });

  test("sequence numbers go on after everything was dropped", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([happened("a")]));
      await parts.drain();
      parts.now = START + 20 * DAY;
      parts.retire();
      const again = reopen();
      again.now = parts.now;
      await again.accept(webhookOf([happened("b")], { now: again.now }));
      await again.drain();
      expect(items(again)).toEqual(["b"]);
    });
  });

  test("what could not be delivered for 30 days becomes a dead letter", async () => {
    await inObject(async (parts, reopen) => {
      await parts.accept(webhookOf([happened("a")]));
      parts.answer = () => 503;
      await parts.run();
      const later = reopen();
      later.now = START + 31 * DAY;
      later.answer = () => 503;
      await later.drain();
      expect(later.tools.dead.find({}, 0, 10)).toMatchObject([{ id: "a", reason: "expired" }]);
      expect(later.balances().bulk).toMatchObject({ received: 1, dead: 1, pending: 0 });
    });
  });

  test("dead letters are kept for 30 days, with their webhooks", async () => {
    await inObject(async (parts) => {
      await parts.accept(webhookOf([{ id: "x", type: "broken" }]));
      await parts.drain();
      parts.now = START + 29 * DAY;
      parts.retire();
      expect(parts.tools.dead.webhookOf(1)).not.toBeNull();
      parts.now = START + 31 * DAY;
      parts.retire();
      expect(parts.tools.dead.count()).toBe(0);
      expect(parts.store.run("SELECT * FROM dead_webhook")).toEqual([]);
      expect(parts.balances().bulk).toMatchObject({ received: 1, dead: 0, discarded: 1 });
    });
  });
});

describe("billed rows", () => {
  /** What the platform bills beside the statements: an alarm set by the acceptance, and one by the end of the run. */
  const ALARMS = 2;

  /** The share of each webhook in the blocks that its key moves to, many webhooks later. */
  function shareOfBlocks({ tools: { dedupe, inbox }, now, rows }: Parts): number {
    const count = 40_000;
    const words = crypto.getRandomValues(new Uint32Array(4 * 50));
    const last = inbox.lastSeq();
    const before = rows();
    for (let from = 0; from < count; from += 50) {
      for (let index = 0; index < words.length; index += 4) words[index] = Math.imul(from + index, 0x9e3779b9);
      dedupe.keep(
        Array.from({ length: 50 }, (_, index) => ({
          keys: words.slice(4 * index, 4 * index + 4),
          seq: last + from + index + 1,
        })),
        now,
      );
    }
    return (rows() - before) / count;
  }

  test.each([
    [50, 1.15],
    [1, 5.05],
  ])("with %i single-event webhooks in a batch: at most %d for each, everything included", async (webhooks, most) => {
    await inObject(async (parts) => {
      // The day's tables and the first record are made once.
      await parts.accept(webhookOf([happened("first", { who: "p" })]));
      await parts.drain();
      const before = parts.rows();
      for (let index = 0; index < webhooks; index += 1) await parts.accept(webhookOf([happened(`e${index}`, { who: "p" })]));
      await parts.drain();
      const each = (parts.rows() - before + ALARMS) / webhooks + shareOfBlocks(parts);
      console.log(`billed rows for each single-event webhook, ${webhooks} in a batch: ${each.toFixed(2)}`);
      expect(items(parts)).toHaveLength(webhooks + 1);
      expect(each).toBeLessThanOrEqual(most);
    });
  });
});

test("what delivery does is counted, at no row: requests by answer, retries, calls, and how long events took", async () => {
  await inObject(async (parts, reopen) => {
    await parts.accept(webhookOf(several(3)));
    parts.answer = () => 503;
    await parts.run();
    parts.now += 1_000;
    parts.answer = () => 200;
    await parts.drain();
    const { answers, retries, bytes, fill, lag } = parts.tools.activity.current();
    const took = (parts.now - START) / 1_000;
    expect(answers).toEqual({ 200: 1, 503: 1 });
    expect(retries).toBe(1);
    expect(bytes).toBeGreaterThan(2 * (parts.batches[0]?.bytes ?? 0) - 1);
    expect(fill.sum).toBe(6);
    expect(lag.sum).toBeCloseTo(3 * took);
    expect(lag.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(reopen().tools.activity.current()).toMatchObject({ answers: {}, retries: 0 });
  });
});
