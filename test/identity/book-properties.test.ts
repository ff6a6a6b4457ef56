/**
 * What holds of the book whatever happens: the order of arrival, crashes, and people who lie.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IdFact, type PersonFacts, person, personId, reference } from "../../src/contract/facts.ts";
import type { Book } from "../../src/identity/book.ts";
import { learn } from "../../src/identity/learn.ts";
import { joinLinks, type Links, linkTo, NO_LINKS } from "../../src/identity/links.ts";
import { joinProfiles, type Profile } from "../../src/identity/profile.ts";
import { type IdentityPolicy, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { type KeptBook, keptBook } from "../support/books.ts";
import { runsOf } from "../support/share.ts";

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
const teach = (book: Book, { source, facts, at }: Fact) => learn(book, subjectOf(facts, policyOf(source)), { source, at });

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

/** An event that names references alone waits until one of them leads to a person: nothing is learned from it before. */
const isOrphan = ({ facts: { record, email, ids: named } }: Fact): boolean =>
  email === undefined && named.every(({ role }) => role === "reference") && JSON.stringify(record) === '{"user_id":null}';

const anyFact = factWith(fc.option(userIds), ["verified", "claimed"], fc.option(addresses)).filter((fact) => !isOrphan(fact));
/** What a visitor causes names one id of theirs: several in one event are the vendor's word that they are one person. */
const claimedFact = factWith(fc.constant(null), ["claimed"], fc.option(addresses)).map(withOneId);
const verifiedFact = fc.oneof(
  factWith(userIds, ["verified"], fc.option(addresses)),
  factWith(fc.option(userIds), ["verified"], addresses),
);

/** An arrival of facts, and another one of the same facts in another order, some of them repeated. */
const arrivalsOf = (facts: fc.Arbitrary<Fact[]>) =>
  facts.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }), fc.array(fc.boolean())),
  );

type Rows = ReturnType<KeptBook["rows"]>;

function withOneId(fact: Fact): Fact {
  const { ids: named } = fact.facts;
  const first = named.find(({ role }) => role === "person");
  return { ...fact, facts: { ...fact.facts, ids: named.filter((id) => id === first || id.role === "reference") } };
}

/** Without the times that are not moved forward, since they decide nothing: when an address, and a user with it, was stated first. */
function decisive({ addresses: entries, ...rest }: Rows): Rows {
  const users = (links: unknown): unknown =>
    typeof links === "object" && links !== null && "users" in links && Array.isArray(links.users)
      ? {
          ...links,
          since: 0,
          users: links.users.map((sighting: unknown) => (Array.isArray(sighting) ? sighting[0] : null)).sort(),
        }
      : links;
  return { ...rest, addresses: entries.map(([key, links]) => [key, users(links)]) };
}

/** The book after these facts, each in the transaction of a batch of its own or in that of the one before. */
function endOf(facts: readonly Fact[], batches: readonly boolean[] = []): Rows {
  const kept = keptBook();
  let book = kept.open();
  for (const [index, fact] of facts.entries()) {
    teach(book, fact);
    if (batches[index % Math.max(1, batches.length)] !== true) continue;
    kept.store(book);
    book = kept.open();
  }
  kept.store(book);
  return decisive(kept.rows());
}

/** Facts of people whose ids and addresses change hands never: customer `c1` is `u_1`, whose address is the first, and so on. */
const settledFact = fc
  .record({
    source: sources,
    at: times,
    who: fc.nat(2),
    hasUser: fc.boolean(),
    hasAddress: fc.boolean(),
    trust: fc.constantFrom("verified" as const, "claimed" as const),
    hasId: fc.boolean(),
    order: fc.option(fc.constantFrom("o1", "o2")),
  })
  .map(({ source, at, who, hasUser, hasAddress, trust, hasId, order }): Fact => {
    const value = ["ada@example.com", "bob@example.com", "eve@example.org"][who];
    return {
      source,
      at,
      facts: person({
        record: { user_id: hasUser ? `u_${who + 1}` : null },
        email: { value: hasAddress ? value : null, trust },
        ids: [...(hasId ? [personId("customer", `c${who + 1}`)] : []), reference("order", order)],
      }),
    };
  });

/** Facts of users, by their id: addresses change and are shared. */
const userFact = factWith(userIds, ["verified", "claimed"], fc.option(addresses)).map(
  (fact): Fact => ({
    ...fact,
    facts: { ...fact.facts, ids: [] },
  }),
);

describe("the order of facts does not matter, and neither do repeated facts, nor the batches in which they are sealed", () => {
  test.each([
    ["for people whose ids and addresses are theirs alone", settledFact],
    ["for addresses that change, and that several users have", userFact],
  ])("%s", (_, fact) => {
    fc.assert(
      fc.property(arrivalsOf(fc.array(fact, { minLength: 1, maxLength: 12 })), ([facts, again, batches]) => {
        expect(endOf(again, batches)).toEqual(endOf(facts));
      }),
      { numRuns: runsOf(500) },
    );
  });

  // Ids that are stated of two users are no longer known together, from then on: that depends on what was known before.
  test("for where ids and references lead, whatever is stated of each", () => {
    fc.assert(
      fc.property(arrivalsOf(fc.array(anyFact.map(withOneId), { minLength: 1, maxLength: 12 })), ([facts, again, batches]) => {
        const [{ people, references }, other] = [endOf(facts), endOf(again, batches)];
        expect({ people: other.people, references: other.references }).toEqual({ people, references });
      }),
      { numRuns: runsOf(500) },
    );
  });
});

test("links can be joined in any order and grouped in any way", () => {
  const link = fc
    .tuple(fc.nat(30), times, fc.constantFrom("verified" as const, "claimed" as const))
    .map(([value, at, trust]) => linkTo(`v${value}`, at, trust));
  const links = fc
    .record({ user: fc.option(link), email: fc.option(link), tied: fc.subarray(["shop:cart:1", "shop:cart:2", "shop:cart:3"]) })
    .map(({ user, email, tied }): Links => ({ ...NO_LINKS, user, email, tied }));
  const all = fc.array(links, { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(
      all.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }), fc.nat())),
      ([facts, again, at]) => {
        const end = facts.reduce(joinLinks, NO_LINKS);
        const cut = 1 + (at % (again.length - 1));
        const [left, right] = [again.slice(0, cut), again.slice(cut)].map((part) => part.reduce(joinLinks, NO_LINKS));
        expect(joinLinks(left ?? NO_LINKS, right ?? NO_LINKS)).toEqual(end);
      },
    ),
    { numRuns: runsOf(500) },
  );
});

test("profiles can be joined in any order and grouped in any way", () => {
  const sourceName = fc.constantFrom("shop", "billing");
  const value = fc.constantFrom<string | number | null | readonly string[]>("a", "b", 7, null, ["a"]);
  const by = <Of>(names: fc.Arbitrary<string>, of: fc.Arbitrary<Of>) =>
    fc.dictionary(names, of, { maxKeys: 2, noNullPrototype: true });
  const channel = fc.constantFrom("email", "sms");
  const isoOf = (at: number): string => new Date(at).toISOString();
  const profile: fc.Arbitrary<Profile> = fc.record(
    {
      addresses: by(sourceName, fc.tuple(addresses, times)),
      traits: by(sourceName, by(fc.constantFrom("name", "plan", "email"), fc.tuple(value, times))),
      choices: by(fc.constantFrom("shop/email/", "shop/sms/"), fc.tuple(fc.constantFrom("subscribed", "pending"), times)),
      optOuts: by(channel, fc.record({ at: times, acts: fc.boolean(), isFinal: fc.boolean() })),
      optIns: by(channel, times),
      states: by(
        fc.constantFrom("shop/subscription/1", "shop/subscription/2"),
        by(fc.constantFrom("plan", "status"), fc.tuple(value, times.map(isoOf), fc.nat(2))),
      ),
      first: fc.tuple(fc.record({ channel: value }), times),
      told: times,
      strays: fc.subarray(["shop:cart:1", "shop:cart:2"]),
      deleted: fc.record({ at: times, source: sourceName, isGone: fc.boolean() }),
      verified: fc.constant(true as const),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(profile, profile, profile, (one, two, three) => {
      const joined = joinProfiles(joinProfiles(one, two), three);
      expect(joinProfiles(one, joinProfiles(two, three))).toEqual(joined);
      expect(joinProfiles(joinProfiles(three, one), two)).toEqual(joined);
      expect(joinProfiles(joined, joined)).toEqual(joined);
    }),
    { numRuns: runsOf(1_000) },
  );
});

test("the same for shared ids: more values on a day than a person has", () => {
  const busy = fc
    .record({ source: sources, at: times, user: fc.nat(30), address: fc.nat(30), id: fc.constantFrom("c1", "c2") })
    .map(
      ({ source, at, user, address, id }): Fact => ({
        source,
        at,
        facts: person({
          record: { user_id: `u_${user}` },
          email: { value: `a${address}@example.com`, trust: "verified" },
          ids: [personId("customer", id)],
        }),
      }),
    );
  fc.assert(
    fc.property(arrivalsOf(fc.array(busy, { maxLength: 40 })), ([facts, again, batches]) => {
      const [{ people, references }, other] = [endOf(facts), endOf(again, batches)];
      expect({ people: other.people, references: other.references }).toEqual({ people, references });
    }),
  );
});

test("a crash between any two steps changes neither the person of an event nor the final book", () => {
  const steps = fc.array(fc.constantFrom("map", "map", "seal", "crash", "dies"), { minLength: 10, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(anyFact, { minLength: 1, maxLength: 10 }), steps, (facts, plan) => {
      const kept = keptBook();
      let book = kept.open();
      let sealed = 0;
      let mapped = 0;
      const meant = new Map<number, unknown>();
      const map = (): void => {
        const fact = facts[mapped];
        if (fact === undefined) return;
        teach(book, fact);
        const resolution = resolvePerson(fact.facts, policyOf(fact.source), book);
        expect(meant.get(mapped) ?? resolution).toEqual(resolution);
        meant.set(mapped, resolution);
        mapped += 1;
      };
      const seal = (): void => {
        kept.store(book);
        book = kept.open();
        sealed = mapped;
      };
      const crash = (): void => {
        book = kept.open();
        mapped = sealed;
      };
      /** An event that teaches something and is not sealed with the others. */
      const dies = (): void => {
        const undo = book.mark();
        for (const fact of facts) teach(book, { ...fact, at: fact.at + DAY });
        undo();
      };
      for (const step of plan) ({ map, seal, crash, dies })[step]();
      while (mapped < facts.length) map();
      seal();
      expect(decisive(kept.rows())).toEqual(endOf(facts));
    }),
    { numRuns: runsOf(500) },
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
      { numRuns: runsOf(1_000) },
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
        teach(book, { source: "shop", facts, at });
        expect(resolvePerson(facts, policy, book)?.identity).toEqual(was?.identity);
      }),
      { numRuns: runsOf(1_000) },
    );
  });
});

/** A book in which these facts are stored. */
function bookOf(facts: readonly Fact[]): Book {
  const kept = keptBook();
  const book = kept.open();
  for (const fact of facts) teach(book, fact);
  kept.store(book);
  return kept.open();
}
