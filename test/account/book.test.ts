import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BookTables, openBookTables, REFERENCES_LAST } from "../../src/account/people/book-tables.ts";
import type { Store } from "../../src/account/state/store.ts";
import { claimed, type PersonInput, person, personId, reference, verified } from "../../src/contract/facts.ts";
import { type Book, type BookPart, type BookRows, NO_ROWS, openBook } from "../../src/identity/book.ts";
import { decide, learn } from "../../src/identity/learn.ts";
import { holderOf } from "../../src/identity/owner.ts";
import type { Profile } from "../../src/identity/profile.ts";
import { type IdentityPolicy, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { inObject, START } from "./support.ts";

const DAY = 86_400_000;
const ada = "ada@example.com";
const policy: IdentityPolicy = { identifiers: "email_and_id", source: "shop", userIdFrom: ["user_id"] };

const customer = (id: string) => personId("customer", id);
const open = (tables: BookTables, now = START): Book => openBook((keys) => tables.read(keys, now));
const resolved = (tables: BookTables, input: PersonInput) => resolvePerson(person(input), policy, open(tables))?.identity;

/** Learns from facts, and stores the rows that change. @param now when they are stored @returns rows written */
function teach(tables: BookTables, input: PersonInput, at = START, now = at): number {
  const book = open(tables, now);
  learn(book, subjectOf(person(input), policy), { source: "shop", at });
  return tables.write(book.changes(), now);
}

/** Everything in the tables, page by page. */
function everything(tables: BookTables, limit = 2): Record<BookPart, readonly (readonly [string, unknown])[]> {
  const rowsOf = (part: BookPart) => {
    const rows: (readonly [string, unknown])[] = [];
    let page: readonly (readonly [string, unknown])[];
    do {
      page = [...tables.page(part, rows.at(-1)?.[0] ?? "", limit)[part]];
      rows.push(...page);
    } while (page.length > 0);
    return rows;
  };
  return {
    people: rowsOf("people"),
    references: rowsOf("references"),
    addresses: rowsOf("addresses"),
    profiles: rowsOf("profiles"),
  };
}

/** Whether a text stands anywhere in the book's tables. */
function holds(store: Store, text: string): boolean {
  const tables = store
    .run("SELECT name FROM sqlite_master WHERE name GLOB 'book_*' OR name = 'profile'")
    .map((row) => String(row.name));
  return tables.some((table) => store.run(`SELECT 1 FROM ${table} WHERE instr(key || value, ?) > 0`, text).length > 0);
}

const userFacts: PersonInput = {
  record: { user_id: "u_42" },
  email: verified(ada),
  ids: [customer("c1"), reference("order", "o1")],
};

describe("the tables of the book", () => {
  test("give back what they were given", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const book = open(tables);
      const odd: PersonInput = {
        record: { user_id: 'u"[\\"x\',' },
        email: claimed("o'brien@example.com"),
        ids: [customer('"c\\'), customer("ü:1"), reference("order", "%_")],
      };
      for (const input of [userFacts, odd])
        learn(book, subjectOf(person(input), policy), { source: "shop", at: START, by: "order/paid 7" });
      decide(book, "info@example.com", null, START);
      const profile: Profile = {
        left: true,
        told: START,
        apart: [":email:o'brien@example.com"],
        traits: {
          shop: { "a'\"b": ["\u2028", START], tags: [["x"], START], gone: [null, START] },
        },
        choices: { "shop/email/": ["unsubscribed", START] },
        optOuts: { email: { at: START, acts: true, isFinal: false } },
        optIns: { "sms/shop:customer:ü:1": START },
        deleted: { at: START, source: "shop", isGone: true },
        strays: ["shop:cart:1"],
      };
      book.setProfile("shop:customer:ü:1", profile);
      book.setProfile(":user:u_9", { into: ":user:u_42" });
      const rows = book.changes();
      expect(tables.write(rows, START)).toBe(11);
      const keys = {
        people: [...rows.people.keys()],
        references: [...rows.references.keys()],
        addresses: [...rows.addresses.keys()],
        profiles: [...rows.profiles.keys()],
      };
      expect(tables.read(keys, START)).toEqual({ ...rows, aging: new Set() });
      expect(tables.count()).toEqual({ people: 3, references: 2, addresses: 3, shared: 0 });
    });
  });

  test("a row is written only where something changes, and a profile without content is deleted", async () => {
    await inObject(async ({ store, rows }) => {
      const tables = openBookTables(store);
      expect(teach(tables, userFacts)).toBe(4);
      const before = rows();
      expect(teach(tables, userFacts)).toBe(0);
      // A claimed address changes nothing of an id with a verified one: the address alone is new.
      expect(teach(tables, { email: claimed("x@example.com"), ids: [customer("c1")] }, START + DAY)).toBe(1);
      expect(tables.write(NO_ROWS, START)).toBe(0);
      expect(rows() - before).toBe(1);
      tables.write({ ...NO_ROWS, profiles: new Map([[":user:u_42", {}]]) }, START);
      expect(store.run("SELECT * FROM profile")).toEqual([]);
    });
  });

  test("end the same whatever the order of arrival", async () => {
    const people = [
      { user_id: "u_1", email: ada, id: "c1", order: "o1" },
      { user_id: "u_2", email: "eve@example.org", id: "c2", order: "o2" },
    ];
    const input = fc
      .record({
        who: fc.constantFrom(...people),
        hasUser: fc.boolean(),
        hasEmail: fc.boolean(),
        trust: fc.constantFrom("verified" as const, "claimed" as const),
        hasOrder: fc.boolean(),
        at: fc.nat(3 * DAY),
      })
      .map(({ who, hasUser, hasEmail, trust, hasOrder, at }): readonly [PersonInput, number] => [
        {
          record: { user_id: hasUser ? who.user_id : null },
          email: { value: hasEmail ? who.email : null, trust },
          ids: [customer(who.id), reference("order", hasOrder ? who.order : null)],
        },
        START + at,
      ]);
    const arrivals = fc
      .array(input, { maxLength: 8 })
      .chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })));
    await inObject(async ({ store }) => {
      fc.assert(
        fc.property(arrivals, ([facts, again]) => {
          const endOf = (all: typeof facts, isOneBatch: boolean): unknown => {
            for (const table of ["book_person", "book_address", "profile"]) store.run(`DELETE FROM ${table}`);
            for (const row of store.run("SELECT name FROM sqlite_master WHERE name GLOB 'book_reference_*'"))
              store.run(`DROP TABLE ${String(row.name)}`);
            const tables = openBookTables(store);
            let book = open(tables);
            for (const [stated, at] of all) {
              learn(book, subjectOf(person(stated), policy), { source: "shop", at });
              if (isOneBatch) continue;
              tables.write(book.changes(), START);
              book = open(tables);
            }
            tables.write(book.changes(), START);
            const { addresses, ...rest } = everything(tables);
            // When an address was first stated is not moved: it decides nothing.
            const holders = open(tables);
            return { ...rest, addresses: addresses.map(([address]) => [address, holderOf(address, holders)]) };
          };
          const end = endOf(facts, false);
          expect(endOf(again, false)).toEqual(end);
          expect(endOf(facts, true)).toEqual(end);
        }),
        { numRuns: 50 },
      );
    });
  });

  test("what a failed transaction wrote is gone, and is told again", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const book = open(tables);
      learn(book, subjectOf(person(userFacts), policy), { source: "shop", at: START });
      expect(() =>
        store.transaction(() => {
          tables.write(book.changes(), START);
          throw new Error("the cursor could not be moved");
        }),
      ).toThrow();
      expect(everything(tables)).toEqual({ people: [], references: [], addresses: [], profiles: [] });
      expect(teach(tables, userFacts)).toBe(4);
      expect(teach(tables, userFacts)).toBe(0);
    });
  });

  test("many keys are read at once", async () => {
    await inObject(async ({ store }) => {
      let statements = 0;
      const run: Store["run"] = (...call) => {
        statements += 1;
        return store.run(...call);
      };
      const tables = openBookTables({ ...store, run });
      const inputs = Array.from(
        { length: 5_000 },
        (_, index): PersonInput => ({ email: claimed(`p${index}@example.com`), ids: [customer(`c${index}`)] }),
      );
      const subjects = inputs.map((input) => subjectOf(person(input), policy));
      const learned = open(tables);
      learned.load(subjects);
      for (const subject of subjects) learn(learned, subject, { source: "shop", at: START });
      tables.write(learned.changes(), START);
      statements = 0;
      const book = open(tables);
      book.load(inputs.map((input) => subjectOf(person({ ids: input.ids ?? [] }), policy)));
      expect(resolvePerson(person({ ids: [customer("c4999")] }), policy, book)?.identity).toEqual({
        userId: "p4999@example.com",
      });
      // Of each table, 2,000 keys at once.
      expect(statements).toBeLessThan(30);
    });
  });
});

describe("how long it is remembered", () => {
  test("references for 400 days after a fact said where they lead, people without end", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const order = { ids: [reference("order", "o1")] };
      teach(tables, userFacts);
      tables.prune(START + REFERENCES_LAST - 1);
      expect(resolved(tables, order)).toEqual({ userId: "u_42" });
      tables.prune(START + REFERENCES_LAST + 50 * DAY);
      expect(resolved(tables, order)).toBeUndefined();
      tables.prune(START + 100 * REFERENCES_LAST);
      expect(resolved(tables, { ids: [customer("c1")] })).toEqual({ userId: "u_42" });
    });
  });

  test("a reference that is stated again lives on, for one row in a generation", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      teach(tables, userFacts);
      const later = START + 300 * DAY;
      expect(teach(tables, userFacts, START, later)).toBe(1);
      expect(teach(tables, userFacts, START, later)).toBe(0);
      tables.prune(START + REFERENCES_LAST + 50 * DAY);
      expect(resolved(tables, { ids: [reference("order", "o1")] })).toEqual({ userId: "u_42" });
      expect(tables.count().references).toBe(1);
    });
  });

  test("a small book is not counted, which would read every row", async () => {
    await inObject(async ({ store }) => {
      const statements: string[] = [];
      const run: Store["run"] = (statement, ...values) => {
        statements.push(statement);
        return store.run(statement, ...values);
      };
      const tables = openBookTables({ ...store, run });
      teach(tables, userFacts);
      tables.prune(START);
      expect(statements.filter((statement) => statement.includes("count("))).toEqual([]);
      openBookTables({ ...store, run }, 1).prune(START);
      expect(statements.filter((statement) => statement.includes("count(")).length).toBeGreaterThan(0);
    });
  });

  test("a book far below its limit is counted once a day, also by an object that was started again", async () => {
    await inObject(async ({ store }) => {
      let counted = 0;
      const run: Store["run"] = (statement, ...values) => {
        if (statement.includes("count(")) counted += 1;
        return store.run(statement, ...values);
      };
      // So large that it may hold too many, and it holds few.
      const opened = () => openBookTables({ ...store, run, exceeds: () => true }, 100);
      teach(opened(), userFacts);
      const countings = [START, START + 1, START + DAY - 1, START + DAY, START + DAY + 1].map((now) => {
        const before = counted;
        opened().prune(now);
        return counted > before;
      });
      expect(countings).toEqual([true, false, false, true, false]);
      // One near its limit is counted each time.
      const near = openBookTables({ ...store, run, exceeds: () => true }, 4);
      for (const now of [START + 3 * DAY, START + 3 * DAY + 1]) {
        const before = counted;
        near.prune(now);
        expect(counted).toBeGreaterThan(before);
      }
    });
  });

  test("the oldest references go first when the book is too large, then what nothing verified is known of", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store, 10);
      const order = (id: string): PersonInput => ({ email: claimed(ada), ids: [reference("order", id)] });
      teach(tables, { record: { user_id: "u_1" }, email: verified("one@example.com"), ids: [customer("c1")] });
      for (const id of ["o1", "o2", "o3"]) teach(tables, order(id));
      for (const id of ["o4", "o5", "o6", "o7"]) teach(tables, order(id), START + 60 * DAY);
      expect(tables.count()).toEqual({ people: 1, references: 7, addresses: 2, shared: 0 });
      expect(everything(tables).profiles).toHaveLength(1);
      tables.prune(START + 60 * DAY);
      expect(tables.count()).toEqual({ people: 1, references: 4, addresses: 2, shared: 0 });

      const book = open(tables);
      for (let index = 0; index < 9; index += 1) {
        const typed = { email: claimed(`p${index}@example.com`), ids: [customer(`p${index}`)] };
        learn(book, subjectOf(person(typed), policy), { source: "shop", at: START + 60 * DAY + index });
        book.setProfile(`:email:p${index}@example.com`, {
          left: true,
          // Who opted out is not mailed because the book was too large.
          ...(index === 0 ? { optOuts: { email: { at: START, acts: true, isFinal: false } } } : {}),
        });
      }
      tables.write(book.changes(), START);
      tables.prune(START + 60 * DAY);
      expect(tables.count()).toMatchObject({ people: 1, references: 0, addresses: 5 });
      expect(resolved(tables, { ids: [customer("c1")] })).toEqual({ userId: "u_1" });
      const { addresses, profiles } = everything(tables);
      expect(addresses.map(([key]) => key)).toEqual(["one@example.com", ...[5, 6, 7, 8].map((index) => `p${index}@example.com`)]);
      expect(profiles.map(([key]) => key)).toEqual([
        ...[0, 5, 6, 7, 8].map((index) => `:email:p${index}@example.com`),
        ":user:u_1",
      ]);
    });
  });
});

describe("profiles that no row leads to", () => {
  test("are dropped when the book is too large, the oldest first, and none that is somebody's or that an opt-out is in", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store, 7);
      teach(tables, { record: { user_id: "u_1" }, email: verified("one@example.com"), ids: [customer("c1")] });
      teach(tables, { email: claimed("typed@example.com") });
      const book = open(tables);
      const stranger = (at: number): Profile => ({ left: true, traits: { shop: { mood: ["good", at] } } });
      for (const [index, at] of [START + DAY, START, START + 2 * DAY].entries())
        book.setProfile(`shop:customer:unknown${index}`, stranger(at));
      book.setProfile("shop:customer:quiet", { ...stranger(0), optOuts: { email: { at: START, acts: true, isFinal: false } } });
      book.setProfile(":email:typed@example.com", stranger(0));
      tables.write(book.changes(), START);
      // Nine rows and a profile of a user: two are too many, then one more.
      tables.prune(START);
      const left = everything(tables);
      expect(left.profiles.map(([key]) => key)).toEqual([
        ":email:typed@example.com",
        ":user:u_1",
        "shop:customer:quiet",
        "shop:customer:unknown2",
      ]);
      expect(left.addresses.map(([key]) => key)).toEqual(["one@example.com", "typed@example.com"]);
    });
  });
});

describe("forgetting a person", () => {
  test("removes what is theirs, and tells what that was", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      teach(tables, userFacts);
      const known = everything(tables).people[0]?.[1];
      teach(tables, { email: claimed(ada), ids: [reference("order", "guest")] }, START + 60 * DAY);
      teach(tables, { ids: [customer("c1"), reference("order", "o9")] }, START + 60 * DAY);
      teach(tables, { record: { user_id: "u_1" }, email: claimed(ada), ids: [customer("c7")] });
      const removed = tables.forget({ userIds: ["u_42"], addresses: [ada], ids: [] });
      expect([...removed.people.keys()].sort()).toEqual(["shop:customer:c1", "shop:customer:c7"]);
      expect([...removed.references.keys()].sort()).toEqual(["shop:order:guest", "shop:order:o1", "shop:order:o9"]);
      expect([...removed.addresses.keys()]).toEqual([ada]);
      expect([...removed.profiles.keys()]).toEqual([":user:u_42"]);
      expect(removed.people.get("shop:customer:c1")).toEqual(known);
      for (const text of [ada, "u_42", "c1", "o1", "o9", "guest"]) expect(holds(store, text)).toBe(false);
      // Another user's customer had adopted the address: it keeps its own user.
      expect(resolved(tables, { ids: [customer("c7")] })).toEqual({ userId: "u_1" });
      expect(tables.forget({ userIds: ["u_42"], addresses: [ada], ids: [] })).toEqual(NOTHING);
    });
  });

  test("leaves a shared address to the other user, but nothing of it with this one", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      for (const user of ["u_1", "u_2"]) teach(tables, { record: { user_id: user }, email: verified(ada) });
      expect(tables.count().shared).toBe(1);
      expect(tables.forget({ userIds: ["u_2"], addresses: [], ids: [] }).shared).toEqual(new Set([ada]));
      expect(holds(store, "u_2")).toBe(false);
      expect(
        resolvePerson(person({ record: { user_id: "u_1" } }), { ...policy, identifiers: "email" }, open(tables))?.identity,
      ).toEqual({ userId: ada });
      expect(tables.count().shared).toBe(0);
    });
  });

  test("takes nobody else who looks alike", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const others = ["u_4", "u_42x", "U_42", "user", "verified", "seen"];
      for (const user of others)
        teach(tables, { record: { user_id: user }, email: verified(`${user}.x@example.com`), ids: [customer(`of-${user}`)] });
      const before = everything(tables);
      expect(
        tables.forget({ userIds: ["u_42", "claimed", "email"], addresses: [ada, "x@example.com"], ids: ["shop:customer:of"] }),
      ).toEqual(NOTHING);
      expect(everything(tables)).toEqual(before);
      tables.forget({ userIds: ["verified"], addresses: [], ids: [] });
      expect(tables.count()).toMatchObject({ people: 5, addresses: 5 });
      expect(everything(tables).profiles).toHaveLength(5);
    });
  });

  test("by an id alone, with what led to it", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      teach(tables, userFacts);
      tables.forget({ userIds: [], addresses: [], ids: ["shop:customer:c1"] });
      expect(resolved(tables, { ids: [customer("c1"), reference("order", "o1")] })).toEqual({ anonymousId: "shop:customer:c1" });
      expect(tables.count()).toEqual({ people: 0, references: 0, addresses: 1, shared: 0 });
    });
  });

  test("by an id that is known together with others", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      teach(tables, { ids: [customer("c1"), personId("cart", "k1")] });
      const removed = tables.forget({ userIds: [], addresses: [], ids: ["shop:customer:c1"] });
      expect([...removed.people.keys()].sort()).toEqual(["shop:cart:k1", "shop:customer:c1"]);
      expect(holds(store, "c1")).toBe(false);
    });
  });

  test("who replaced another on the same day does not give the id back to them", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      teach(tables, { record: { user_id: "u_1" }, ids: [customer("c1")] });
      teach(tables, { record: { user_id: "u_2" }, ids: [customer("c1")] }, START + 1);
      tables.forget({ userIds: ["u_2"], addresses: [], ids: [] });
      expect(resolved(tables, { ids: [customer("c1")] })).toEqual({ anonymousId: "shop:customer:c1" });
    });
  });

  test("what other profiles say of them goes too, and nothing else of those", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const other: Profile = { left: true, traits: { shop: { name: ["Bob", START] } } };
      const naming: Profile = {
        ...other,
        addresses: { shop: [ada, START], auth: ["bob@example.com", START] },
        apart: [":user:u_42"],
        traits: { ...other.traits, forms: { email: ["ADA@example.com", START] } },
      };
      tables.write({ ...NO_ROWS, profiles: new Map([[":user:u_1", naming]]) }, START);
      tables.forget({ userIds: ["u_42"], addresses: [ada], ids: [] });
      expect(tables.page("profiles", "", 10).profiles.get(":user:u_1")).toEqual({
        ...other,
        addresses: { auth: ["bob@example.com", START] },
      });
    });
  });

  test("of what one source said, that alone", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const optOuts = { email: { at: START, acts: true, isFinal: false } };
      const profile: Profile = {
        left: true,
        addresses: { shop: [ada, START], auth: [ada, START] },
        traits: { shop: { name: ["Ada", START] }, auth: { name: ["Ada", START] } },
        choices: { "shop/email/": ["unsubscribed", START], "shop-de/email/": ["pending", START] },
        states: { "shop/subscription/1": { status: ["active", "2026-11-23T00:00:00.000Z", 0] } },
        optOuts,
      };
      tables.write(
        {
          ...NO_ROWS,
          profiles: new Map([
            [":user:u_1", profile],
            [":user:u_2", { traits: { shop: {} } }],
          ]),
        },
        START,
      );
      tables.forgetSource("shop", [":user:u_1", ":user:u_2", ":user:u_3"]);
      expect([...tables.page("profiles", "", 10).profiles]).toEqual([
        [
          ":user:u_1",
          {
            left: true,
            addresses: { auth: [ada, START] },
            traits: { auth: { name: ["Ada", START] } },
            choices: { "shop-de/email/": ["pending", START] },
            optOuts,
          },
        ],
      ]);
    });
  });
});

test("pages of all rows make the same book elsewhere, with trust, times and decisions", async () => {
  let rows: unknown;
  let parts: readonly BookRows[] = [];
  await inObject(async ({ store }) => {
    const tables = openBookTables(store);
    teach(tables, userFacts);
    teach(tables, { email: claimed("x@example.com"), ids: [customer("c2")] });
    teach(tables, { record: { user_id: "u_43" }, email: verified(ada) });
    const book = open(tables);
    decide(book, "info@example.com", "u_1", START);
    tables.write(book.changes(), START);
    expect(tables.count().shared).toBe(1);
    rows = everything(tables);
    parts = (["people", "references", "addresses", "profiles"] as const).map((part) => tables.page(part, "", 1_000));
  });
  await inObject(async ({ store }) => {
    const tables = openBookTables(store);
    for (const part of parts) tables.write(part, START);
    expect(everything(tables)).toEqual(rows);
    expect(tables.count()).toMatchObject({ people: 2, shared: 1 });
    expect(holderOf("info@example.com", open(tables))).toEqual({ kind: "user", userId: "u_1" });
  });
});

/** Nothing was removed. */
const NOTHING = { ...NO_ROWS, shared: new Set(), kept: new Set() };
