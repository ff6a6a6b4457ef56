import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BookPart, type BookTables, openBookTables, REFERENCES_LAST } from "../../src/account/people/book-tables.ts";
import type { Store } from "../../src/account/state/store.ts";
import { claimed, type PersonInput, person, personId, reference, verified } from "../../src/contract/facts.ts";
import { type Book, decision, openBook, teachings } from "../../src/identity/book.ts";
import { joinKnowledge, type Knowledge } from "../../src/identity/links.ts";
import { type IdentityPolicy, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { inObject, START } from "./support.ts";

const DAY = 86_400_000;
const ada = "ada@example.com";
const policy: IdentityPolicy = { identifiers: "email_and_id", source: "shop", userIdFrom: ["user_id"] };
const NOTHING: Knowledge = joinKnowledge([]);

const customer = (id: string) => personId("customer", id);
const taught = (input: PersonInput, at = START): Knowledge => teachings(subjectOf(person(input), policy), at);
const open = (tables: BookTables, now = START): Book => openBook((keys) => tables.read(keys, now));
const resolved = (tables: BookTables, input: PersonInput) => resolvePerson(person(input), policy, open(tables))?.identity;

/** Everything in the tables, page by page. */
function everything(tables: BookTables, limit = 2): Record<BookPart, unknown> {
  const rowsOf = (part: BookPart) => {
    const rows: (readonly [string, unknown])[] = [];
    let page: readonly (readonly [string, unknown])[];
    do {
      page = [...tables.page(part, rows.at(-1)?.[0] ?? "", limit)[part]];
      rows.push(...page);
    } while (page.length > 0);
    return rows;
  };
  return { people: rowsOf("people"), references: rowsOf("references"), addresses: rowsOf("addresses") };
}

/** Whether a text stands anywhere in the book's tables. */
function holds(store: Store, text: string): boolean {
  const tables = store.run("SELECT name FROM sqlite_master WHERE name GLOB 'book_*'").map((row) => String(row.name));
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
      const odd = {
        record: { user_id: 'u"[\\"x\',' },
        email: claimed("o'brien@example.com"),
        ids: [customer('"c\\'), customer("ü:1"), reference("order", "%_")],
      };
      const knowledge = joinKnowledge([taught(userFacts), taught(odd), decision("info@example.com", null, START)]);
      tables.apply(knowledge, START);
      const keys = {
        people: [...knowledge.people.keys()],
        references: [...knowledge.references.keys()],
        addresses: [...knowledge.addresses.keys()],
      };
      expect(tables.read(keys, START)).toEqual({ ...knowledge, aging: new Set() });
      expect(tables.count()).toEqual({ people: 4, references: 2, addresses: 3, shared: 0 });
    });
  });

  test("a row is written only where something changes", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      expect(tables.apply(taught(userFacts), START)).toBe(4);
      expect(tables.apply(taught(userFacts), START)).toBe(0);
      expect(tables.apply(taught({ email: claimed("x@example.com"), ids: [customer("c1")] }, START + DAY), START)).toBe(1);
      expect(tables.apply(NOTHING, START)).toBe(0);
    });
  });

  test("end the same whatever the order of arrival", async () => {
    const input = fc
      .record({
        user: fc.option(fc.constantFrom("u_1", "u_2")),
        email: fc.option(fc.constantFrom(ada, "eve@example.org")),
        trust: fc.constantFrom("verified", "claimed"),
        id: fc.constantFrom("c1", "c2"),
        order: fc.option(fc.constantFrom("o1", "o2")),
        at: fc.nat(3 * DAY),
      })
      .map(({ user, email, trust, id, order, at }) =>
        taught(
          { record: { user_id: user }, email: { value: email, trust }, ids: [customer(id), reference("order", order)] },
          START + at,
        ),
      );
    const arrivals = fc
      .array(input, { maxLength: 8 })
      .chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })));
    await inObject(async ({ store }) => {
      fc.assert(
        fc.property(arrivals, ([facts, again]) => {
          const endOf = (all: readonly Knowledge[]): unknown => {
            for (const table of ["book_person", "book_address"]) store.run(`DELETE FROM ${table}`);
            for (const row of store.run("SELECT name FROM sqlite_master WHERE name GLOB 'book_reference_*'"))
              store.run(`DROP TABLE ${String(row.name)}`);
            const tables = openBookTables(store);
            for (const part of all) tables.apply(part, START);
            return everything(tables);
          };
          const end = endOf(facts);
          expect(endOf(again)).toEqual(end);
          expect(endOf([joinKnowledge(facts)])).toEqual(end);
        }),
        { numRuns: 50 },
      );
    });
  });

  test("what a failed transaction wrote is gone, and is told again", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const book = open(tables);
      const news = book.learn(person(userFacts), policy, START);
      expect(() =>
        store.transaction(() => {
          tables.apply(news, START);
          throw new Error("the cursor could not be moved");
        }),
      ).toThrow();
      expect(everything(tables)).toEqual({ people: [], references: [], addresses: [] });
      expect(book.learn(person(userFacts), policy, START)).toEqual(news);
      tables.apply(news, START);
      expect(open(tables).learn(person(userFacts), policy, START)).toEqual(NOTHING);
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
      tables.apply(joinKnowledge(inputs.map((input) => taught(input))), START);
      statements = 0;
      const book = open(tables);
      book.load(inputs.map((input) => subjectOf(person({ ids: input.ids ?? [] }), policy)));
      expect(resolvePerson(person({ ids: [customer("c4999")] }), policy, book)?.identity).toEqual({
        userId: "p4999@example.com",
      });
      expect(statements).toBeLessThan(10);
    });
  });
});

describe("how long it is remembered", () => {
  test("references for 400 days after a fact said where they lead, people without end", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const order = { ids: [reference("order", "o1")] };
      tables.apply(taught(userFacts), START);
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
      tables.apply(taught(userFacts), START);
      const later = START + 300 * DAY;
      const news = open(tables, later).learn(person(userFacts), policy, START);
      expect([...news.references.keys()]).toEqual(["shop:order:o1"]);
      expect(tables.apply(news, later)).toBe(1);
      expect(open(tables, later).learn(person(userFacts), policy, START)).toEqual(NOTHING);
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
      tables.apply(taught(userFacts), START);
      tables.prune(START);
      expect(statements.filter((statement) => statement.includes("count("))).toEqual([]);
      openBookTables({ ...store, run }, 1).prune(START);
      expect(statements.filter((statement) => statement.includes("count(")).length).toBeGreaterThan(0);
    });
  });

  test("the oldest references go first when the book is too large, then what nothing verified is known of", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store, 10);
      const order = (id: string): PersonInput => ({ email: claimed(ada), ids: [reference("order", id)] });
      tables.apply(taught({ record: { user_id: "u_1" }, email: verified("one@example.com"), ids: [customer("c1")] }), START);
      for (const id of ["o1", "o2", "o3"]) tables.apply(taught(order(id)), START);
      for (const id of ["o4", "o5", "o6", "o7"]) tables.apply(taught(order(id)), START + 60 * DAY);
      expect(tables.count()).toEqual({ people: 2, references: 7, addresses: 2, shared: 0 });
      tables.prune(START + 60 * DAY);
      expect(tables.count()).toEqual({ people: 2, references: 4, addresses: 2, shared: 0 });

      for (let index = 0; index < 9; index += 1) {
        tables.apply(
          taught({ email: claimed(`p${index}@example.com`), ids: [customer(`p${index}`)] }, START + 60 * DAY + index),
          START,
        );
      }
      tables.prune(START + 60 * DAY);
      expect(tables.count()).toMatchObject({ people: 2, references: 0, addresses: 8 });
      expect(resolved(tables, { ids: [customer("c1")] })).toEqual({ userId: "u_1" });
      expect([...tables.page("addresses", "", 100).addresses.keys()]).toEqual([
        "one@example.com",
        ...[2, 3, 4, 5, 6, 7, 8].map((index) => `p${index}@example.com`),
      ]);
    });
  });
});

describe("forgetting a person", () => {
  test("removes what is theirs, and tells what that was", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      tables.apply(taught(userFacts), START);
      tables.apply(taught({ email: claimed(ada), ids: [reference("order", "guest")] }), START + 60 * DAY);
      tables.apply(taught({ ids: [customer("c1"), reference("order", "o9")] }), START + 60 * DAY);
      tables.apply(taught({ record: { user_id: "u_1" }, email: claimed(ada), ids: [customer("c7")] }), START);
      const removed = tables.forget({ userIds: ["u_42"], addresses: [ada], ids: [] });
      expect([...removed.people.keys()].sort()).toEqual([":user:u_42", "shop:customer:c1", "shop:customer:c7"]);
      expect([...removed.references.keys()].sort()).toEqual(["shop:order:guest", "shop:order:o1", "shop:order:o9"]);
      expect([...removed.addresses.keys()]).toEqual([ada]);
      expect(removed.people.get("shop:customer:c1")).toEqual(taught(userFacts).people.get("shop:customer:c1"));
      for (const text of [ada, "u_42", "c1", "o1", "o9", "guest"]) expect(holds(store, text)).toBe(false);
      // Another user's customer had adopted the address: it keeps its own user.
      expect(resolved(tables, { ids: [customer("c7")] })).toEqual({ userId: "u_1" });
      expect(tables.forget({ userIds: ["u_42"], addresses: [ada], ids: [] })).toEqual(NOTHING);
    });
  });

  test("leaves a shared address to the other user, but nothing of it with this one", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      for (const user of ["u_1", "u_2"]) tables.apply(taught({ record: { user_id: user }, email: verified(ada) }), START);
      tables.forget({ userIds: ["u_2"], addresses: [], ids: [] });
      expect(holds(store, "u_2")).toBe(false);
      expect(
        resolvePerson(person({ record: { user_id: "u_1" } }), { ...policy, identifiers: "email" }, open(tables))?.identity,
      ).toEqual({ userId: ada });
    });
  });

  test("takes nobody else who looks alike", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      const others = ["u_4", "u_42x", "U_42", "user", "verified", "seen"];
      for (const user of others)
        tables.apply(
          taught({ record: { user_id: user }, email: verified(`${user}.x@example.com`), ids: [customer(`of-${user}`)] }),
          START,
        );
      const before = everything(tables);
      expect(
        tables.forget({ userIds: ["u_42", "claimed", "email"], addresses: [ada, "x@example.com"], ids: ["shop:customer:of"] }),
      ).toEqual(NOTHING);
      expect(everything(tables)).toEqual(before);
      tables.forget({ userIds: ["verified"], addresses: [], ids: [] });
      expect(tables.count()).toMatchObject({ people: 10, addresses: 5 });
    });
  });

  test("by an id alone, with what led to it", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      tables.apply(taught(userFacts), START);
      tables.forget({ userIds: [], addresses: [], ids: ["shop:customer:c1"] });
      expect(resolved(tables, { ids: [customer("c1"), reference("order", "o1")] })).toEqual({ anonymousId: "shop:customer:c1" });
      expect(tables.count()).toEqual({ people: 1, references: 0, addresses: 1, shared: 0 });
    });
  });

  test("who replaced another on the same day does not give the id back to them", async () => {
    await inObject(async ({ store }) => {
      const tables = openBookTables(store);
      tables.apply(taught({ record: { user_id: "u_1" }, ids: [customer("c1")] }), START);
      tables.apply(taught({ record: { user_id: "u_2" }, ids: [customer("c1")] }, START + 1), START);
      tables.forget({ userIds: ["u_2"], addresses: [], ids: [] });
      expect(resolved(tables, { ids: [customer("c1")] })).toEqual({ anonymousId: "shop:customer:c1" });
    });
  });
});

test("what was exported can be imported, with trust, times and decisions", async () => {
  let rows: unknown;
  let parts: readonly Knowledge[] = [];
  await inObject(async ({ store }) => {
    const tables = openBookTables(store);
    const typed = taught({ email: claimed("x@example.com"), ids: [customer("c2")] });
    tables.apply(joinKnowledge([taught(userFacts), typed, decision("info@example.com", "u_1", START)]), START);
    tables.apply(taught({ record: { user_id: "u_43" }, email: verified(ada) }), START);
    expect(tables.count().shared).toBe(1);
    rows = everything(tables);
    parts = (["people", "references", "addresses"] as const).map((part) => tables.page(part, "", 1_000));
  });
  await inObject(async ({ store }) => {
    const tables = openBookTables(store);
    for (const part of parts) tables.apply(part, START);
    expect(everything(tables)).toEqual(rows);
    expect(tables.count()).toMatchObject({ people: 4, shared: 1 });
  });
});
