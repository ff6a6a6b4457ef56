/**
 * What holds of the book whatever happens: the order of arrival, crashes, and people who lie.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IdFact, type PersonFacts, person, personId, reference } from "../../src/contract/facts.ts";
import { openBook, teachings } from "../../src/identity/book.ts";
import { joinKnowledge, type Knowledge } from "../../src/identity/links.ts";
import { type IdentityPolicy, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";

const DAY = 86_400_000;
const MODES = ["email_and_id", "id", "email"] as const;

/** Something that a source stated. */
interface Fact {
  readonly source: string;
  readonly facts: PersonFacts;
  readonly at: number;
}

const policyOf = (source: string, identifiers: IdentityPolicy["identifiers"] = "email_and_id"): IdentityPolicy => ({
  identifiers,
  source,
  userIdFrom: ["user_id"],
});
const taughtBy = ({ source, facts, at }: Fact): Knowledge => teachings(subjectOf(facts, policyOf(source)), at);

// Few values, so that facts meet.
const userIds = fc.constantFrom("u_1", "u_2", "u_3");
const addresses = fc.constantFrom("ada@example.com", "bob@example.com", "eve@example.org");
const sources = fc.constantFrom("shop", "billing");
const times = fc.tuple(fc.nat(2), fc.nat(3)).map(([day, moment]) => 20_000 * DAY + day * DAY + moment);
const ids = fc.array(
  fc.oneof(
    fc.constantFrom("c1", "c2", "c3").map((id) => personId("customer", id)),
    fc.constantFrom("o1", "o2").map((id) => reference("order", id)),
  ),
  { maxLength: 3 },
);

const factWith = (
  userId: fc.Arbitrary<string | null>,
  trusts: readonly ("verified" | "claimed")[],
  address: fc.Arbitrary<string | null>,
): fc.Arbitrary<Fact> =>
  fc
    .record({ source: sources, at: times, userId, value: address, trust: fc.constantFrom(...trusts), ids })
    .map(({ source, at, userId: user_id, value, trust, ids: named }) => ({
      source,
      at,
      facts: person({ record: { user_id }, email: { value, trust }, ids: named }),
    }));

const anyFact = factWith(fc.option(userIds), ["verified", "claimed"], fc.option(addresses));
const claimedFact = factWith(fc.constant(null), ["claimed"], fc.option(addresses));
const verifiedFact = fc.oneof(
  factWith(userIds, ["verified"], fc.option(addresses)),
  factWith(fc.option(userIds), ["verified"], addresses),
);

/** The rows in an order that does not depend on their history. */
function rowsOf({ people, references, addresses }: Knowledge): unknown {
  return [people, references, addresses].map((rows) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1)));
}

test("the order of facts does not matter, and neither do repeated facts", () => {
  const arrivals = fc
    .array(anyFact, { minLength: 1, maxLength: 12 })
    .chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 })));
  fc.assert(
    fc.property(arrivals, ([facts, again]) => {
      const [one, other] = [openBook(), openBook()];
      const learned = (book: typeof one, all: readonly Fact[]) =>
        joinKnowledge(all.map(({ source, facts: stated, at }) => book.learn(stated, policyOf(source), at)));
      expect(rowsOf(learned(other, again))).toEqual(rowsOf(learned(one, facts)));
      expect(rowsOf(joinKnowledge(again.map(taughtBy)))).toEqual(rowsOf(joinKnowledge(facts.map(taughtBy))));
    }),
    { numRuns: 500 },
  );
});

test("joins can be grouped in any way", () => {
  fc.assert(
    fc.property(anyFact, anyFact, anyFact, (...facts) => {
      const [one, two, three] = facts.map(taughtBy);
      const left = joinKnowledge([joinKnowledge([one ?? NOTHING, two ?? NOTHING]), three ?? NOTHING]);
      const right = joinKnowledge([one ?? NOTHING, joinKnowledge([two ?? NOTHING, three ?? NOTHING])]);
      expect(rowsOf(left)).toEqual(rowsOf(right));
    }),
    { numRuns: 500 },
  );
});

test("the same for shared ids: more values on a day than a person has", () => {
  const busy = factWith(
    fc.nat(30).map((number) => `u_${number}`),
    ["verified"],
    fc.nat(30).map((number) => `a${number}@example.com`),
  );
  fc.assert(
    fc.property(
      fc
        .array(busy, { maxLength: 40 })
        .chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
      ([facts, again]) => {
        expect(rowsOf(joinKnowledge(again.map(taughtBy)))).toEqual(rowsOf(joinKnowledge(facts.map(taughtBy))));
      },
    ),
  );
});

test("a crash between any two steps changes neither the person of an event nor the final book", () => {
  const steps = fc.array(fc.constantFrom("map", "map", "pass", "crash"), { minLength: 10, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(anyFact, { minLength: 1, maxLength: 10 }), steps, (facts, plan) => {
      let stored: Knowledge = NOTHING;
      let passed = 0;
      const open = () => openBook(() => ({ ...stored, aging: new Set() }));
      let book = open();
      let pending: Knowledge[] = [];
      const meant = new Map<number, unknown>();

      const map = (): void => {
        const index = passed + pending.length;
        const fact = facts[index];
        if (fact === undefined) return;
        pending.push(book.learn(fact.facts, policyOf(fact.source), fact.at));
        const resolution = resolvePerson(fact.facts, policyOf(fact.source), book);
        expect(meant.get(index) ?? resolution).toEqual(resolution);
        meant.set(index, resolution);
      };
      const pass = (): void => {
        const first = pending.shift();
        if (first === undefined) return;
        stored = joinKnowledge([stored, first]);
        passed += 1;
        book = openBook(() => ({ ...stored, aging: new Set() }));
        pending = facts
          .slice(passed, passed + pending.length)
          .map((fact) => book.learn(fact.facts, policyOf(fact.source), fact.at));
      };
      const crash = (): void => {
        book = open();
        pending = [];
      };
      for (const step of plan) ({ map, pass, crash })[step]();
      while (passed < facts.length) {
        map();
        pass();
      }
      expect(rowsOf(stored)).toEqual(rowsOf(joinKnowledge(facts.map(taughtBy))));
    }),
    { numRuns: 500 },
  );
});

describe("no sequence of claimed facts changes a person that a verified fact made known", () => {
  /** All people that verified facts name, by each single id and address. */
  const namedBy = (facts: readonly Fact[]): readonly { readonly source: string; readonly facts: PersonFacts }[] =>
    facts.flatMap(({ source, facts: { ids: named, email } }) => [
      ...named.map((id) => ({ source, facts: { ids: [id] } })),
      ...(email === undefined ? [] : [{ source, facts: { ids: [], email: { ...email, trust: "claimed" as const } } }]),
    ]);

  test.each(MODES)("in a workspace of %s", (identifiers) => {
    fc.assert(
      fc.property(
        fc.array(verifiedFact, { minLength: 1, maxLength: 6 }),
        fc.array(claimedFact, { maxLength: 8 }),
        (proven, typed) => {
          const before = bookOf(proven);
          const after = bookOf([...typed, ...proven]);
          for (const { source, facts } of namedBy(proven)) {
            const was = resolvePerson(facts, policyOf(source, identifiers), before);
            // In an `email` workspace a person with only a user id has no identifier yet.
            if (identifiers === "email" && (was === null || "anonymousId" in was.identity)) continue;
            const is = resolvePerson(facts, policyOf(source, identifiers), after);
            expect([is?.identity, is?.userId]).toEqual([was?.identity, was?.userId]);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each(MODES)("nor does an address that is typed next to their id, in a workspace of %s", (identifiers) => {
    const knownId = fc.constantFrom("c1", "c2").map((id): IdFact => ({ kind: "customer", id, role: "person" }));
    fc.assert(
      fc.property(fc.array(verifiedFact, { minLength: 1, maxLength: 6 }), knownId, addresses, times, (proven, id, value, at) => {
        const policy = policyOf("shop", identifiers);
        const isNamed = proven.some(({ source, facts }) => source === "shop" && facts.ids.some((fact) => fact.id === id.id));
        fc.pre(isNamed);
        const book = bookOf(proven);
        const was = resolvePerson({ ids: [id] }, policy, book);
        fc.pre(identifiers !== "email" || (was !== null && "userId" in was.identity));
        const facts: PersonFacts = { ids: [id], email: { value, trust: "claimed" } };
        book.learn(facts, policy, at);
        expect(resolvePerson(facts, policy, book)?.identity).toEqual(was?.identity);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A book in which these facts are stored. */
function bookOf(facts: readonly Fact[]) {
  const stored = joinKnowledge(facts.map(taughtBy));
  return openBook(() => ({ ...stored, aging: new Set() }));
}

const NOTHING: Knowledge = joinKnowledge([]);
