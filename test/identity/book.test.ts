import { describe, expect, test } from "vitest";
import { claimed, type PersonInput, person, personId, reference, verified } from "../../src/contract/facts.ts";
import { type Book, type BookRows, openBook } from "../../src/identity/book.ts";
import { addressKeyOf, emailKeyOf } from "../../src/identity/identifiers.ts";
import { decide, learn } from "../../src/identity/learn.ts";
import { holderOf } from "../../src/identity/owner.ts";
import { type IdentityPolicy, type Resolution, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { keptBook } from "../support/books.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Identifiers = IdentityPolicy["identifiers"];

/** Sources of an account: a biller that never verifies, a shop, forms, and the company's own users. */
const policyOf = (source: string, identifiers: Identifiers = "email_and_id"): IdentityPolicy => ({
  identifiers,
  source,
  userIdFrom: source === "users" ? ["id"] : source === "billing" ? ["metadata.user_id"] : [],
});

/** What an event of a source became: it was learned from, then resolved. */
function happen(
  book: Book,
  source: string,
  input: PersonInput,
  at = NOON,
  identifiers: Identifiers = "email_and_id",
): Resolution | null {
  const policy = policyOf(source, identifiers);
  learn(book, subjectOf(person(input), policy), { source, at });
  return resolvePerson(person(input), policy, book);
}

const customer = (id: string) => personId("customer", id);
const ada = "ada@example.com";
const linkedUser = (book: Book, userId = "u_42", at = NOON) =>
  happen(book, "users", { record: { id: userId }, email: verified(ada), ids: [personId("user", userId)] }, at);

describe("one person under several identifiers", () => {
  test("an event that names only the vendor's id, weeks after the address was known", () => {
    const book = openBook();
    happen(book, "billing", { email: claimed(ada), ids: [customer("cus_1")] });
    expect(
      happen(book, "billing", { ids: [reference("subscription", "sub_1"), customer("cus_1")] }, NOON + 30 * DAY),
    ).toMatchObject({
      identity: { userId: ada },
    });
  });

  test.each([claimed, verified])("a customer and a user with one address are one person, in any order", (how) => {
    for (const isUserFirst of [true, false]) {
      const book = openBook();
      if (isUserFirst) linkedUser(book);
      const before = happen(book, "billing", { email: how(ada), ids: [customer("cus_1")] });
      if (!isUserFirst) linkedUser(book);
      expect(before?.identity).toEqual({ userId: isUserFirst ? "u_42" : ada });
      expect(happen(book, "billing", { ids: [customer("cus_1")] })?.identity).toEqual({ userId: "u_42" });
    }
  });

  test.each([
    ["email_and_id", { userId: "u_42" }],
    ["id", { userId: "u_42" }],
    ["email", { userId: ada }],
  ] as const)("an invoice to the bookkeeper of a linked customer, in a workspace of %s", (identifiers, identity) => {
    const book = openBook();
    linkedUser(book);
    happen(book, "billing", { record: { metadata: { user_id: "u_42" } }, ids: [customer("cus_1")] });
    const invoice = { email: claimed("billing@corp.example"), ids: [customer("cus_1"), reference("invoice", "in_1")] };
    expect(happen(book, "billing", invoice, NOON + DAY, identifiers)).toMatchObject({
      identity,
      userId: "u_42",
      trust: "verified",
    });
    // And what follows, naming the invoice alone.
    expect(happen(book, "billing", { ids: [reference("invoice", "in_1")] }, NOON + DAY, identifiers)?.identity).toEqual(identity);
  });

  test("of the addresses that were claimed for a customer the newest counts, whatever the order", () => {
    const book = openBook();
    linkedUser(book);
    happen(book, "billing", { email: claimed(ada), ids: [customer("cus_1")] });
    const invoice = (at: number) =>
      happen(book, "billing", { email: claimed("billing@corp.example"), ids: [customer("cus_1")] }, at);
    expect(invoice(NOON - DAY)).toMatchObject({ identity: { userId: "u_42" }, trust: "claimed" });
    expect(invoice(NOON + DAY)).toMatchObject({ identity: { userId: "billing@corp.example" }, userId: null, trust: "claimed" });
  });

  test("a verified change of address takes effect at once and permanently", () => {
    const book = openBook();
    const change = (email: string, at: number) =>
      happen(book, "shop", { email: verified(email), ids: [customer("c1")] }, at)?.identity;
    expect(change(ada, NOON)).toEqual({ userId: ada });
    expect(change("new@example.com", NOON + HOUR)).toEqual({ userId: "new@example.com" });
    expect(change(ada, NOON)).toEqual({ userId: "new@example.com" });
    expect(happen(book, "shop", { email: claimed(ada), ids: [customer("c1")] }, NOON + 2 * DAY)?.identity).toEqual({
      userId: "new@example.com",
    });
    expect(change(ada, NOON + 3 * DAY)).toEqual({ userId: ada });
  });

  test("in an `email` workspace a user has the newest verified address", () => {
    const book = openBook();
    linkedUser(book);
    happen(book, "users", { record: { id: "u_42" }, email: verified("new@example.com") }, NOON + DAY);
    for (const facts of [{ record: { id: "u_42" } }, { email: claimed(ada) }, { email: claimed("new@example.com") }]) {
      const trust = "record" in facts ? "verified" : "claimed";
      expect(happen(book, "users", facts, NOON, "email")).toMatchObject({
        identity: { userId: "new@example.com" },
        userId: "u_42",
        trust,
      });
    }
  });

  test("a user id replaces an address that the id was linked to, and a newer user id an older one", () => {
    const book = openBook();
    happen(book, "billing", { email: claimed("typo@example.com"), ids: [customer("cus_1")] });
    const link = (userId: string, at: number) =>
      happen(book, "billing", { record: { metadata: { user_id: userId } }, ids: [customer("cus_1")] }, at);
    link("u_9", NOON + HOUR);
    link("u_10", NOON + 2 * HOUR);
    link("u_9", NOON + HOUR);
    expect(happen(book, "billing", { ids: [customer("cus_1")] })?.identity).toEqual({ userId: "u_10" });
  });

  test("a reference leads to the person id it was seen with, even if only that id becomes known", () => {
    const book = openBook();
    happen(book, "billing", { ids: [customer("cus_1"), reference("charge", "ch_1")] });
    const dispute = { ids: [reference("charge", "ch_1")] };
    expect(happen(book, "billing", dispute)?.identity).toEqual({ anonymousId: "billing:customer:cus_1" });
    happen(book, "billing", { email: claimed(ada), ids: [customer("cus_1")] });
    expect(happen(book, "billing", dispute)).toMatchObject({
      identity: { userId: ada },
      formerKeys: expect.arrayContaining(["billing:customer:cus_1"]),
    });
  });

  test("the order of a guest leads to the address on it", () => {
    const book = openBook();
    happen(book, "shop", { email: claimed(ada), ids: [reference("order", "o1")] });
    expect(happen(book, "shop", { ids: [reference("order", "o1")] })).toMatchObject({
      identity: { userId: ada },
      formerKeys: [emailKeyOf(ada), addressKeyOf(ada)],
    });
  });

  test("two person ids of one event are one person: what is learned of one counts for the other", () => {
    const book = openBook();
    happen(book, "shop", { ids: [customer("c1"), personId("cart", "k1")] });
    happen(book, "shop", { email: verified(ada), ids: [customer("c1")] });
    expect(happen(book, "shop", { ids: [personId("cart", "k1")] })).toMatchObject({
      identity: { userId: ada },
      formerKeys: expect.arrayContaining(["shop:customer:c1", "shop:cart:k1"]),
    });
  });

  test("ids that the vendor merged lead to the person who is left", () => {
    const book = openBook();
    happen(book, "shop", { email: verified("old@example.com"), ids: [customer("c0")] });
    happen(book, "shop", { email: verified(ada), ids: [customer("c1")], merged: [customer("c0")] }, NOON + HOUR);
    expect(happen(book, "shop", { ids: [customer("c0")] })?.identity).toEqual({ userId: ada });
  });

  test("ids belong to a source", () => {
    const book = openBook();
    happen(book, "shop", { email: claimed(ada), ids: [customer("c1")] });
    expect(happen(book, "shop-de", { ids: [customer("c1")] })?.identity).toEqual({ anonymousId: "shop-de:customer:c1" });
  });
});

describe("two people stay separate", () => {
  test("a form that names a victim's user id and an attacker's address does not reach the victim", () => {
    const book = openBook();
    linkedUser(book, "u_victim");
    const form = {
      record: { hidden: { user_id: "u_victim" }, user_id: "u_victim", id: "u_victim" },
      email: claimed("eve@example.org"),
    };
    expect(happen(book, "forms", form)).toMatchObject({ identity: { userId: "eve@example.org" }, userId: null });
    expect(happen(book, "forms", { email: claimed(ada) })).toMatchObject({ identity: { userId: "u_victim" }, trust: "claimed" });
    expect(happen(book, "billing", { email: claimed(ada) }, NOON, "id")).toMatchObject({
      identity: { userId: "u_victim" },
      trust: "claimed",
    });
  });

  test("a known customer who types another person's address stays the same person", () => {
    const book = openBook();
    linkedUser(book);
    happen(book, "shop", { email: verified("eve@example.org"), ids: [customer("c1")] });
    const checkout = { email: claimed(ada), ids: [customer("c1"), reference("checkout", "x")] };
    expect(happen(book, "shop", checkout, NOON - DAY)).toMatchObject({
      identity: { userId: "eve@example.org" },
      trust: "verified",
    });
  });

  test("a user's claimed address does not become theirs, and does not change its owner", () => {
    const book = openBook();
    linkedUser(book, "u_1");
    expect(
      happen(book, "billing", { record: { metadata: { user_id: "u_2" } }, email: claimed(ada), ids: [customer("cus_2")] })
        ?.identity,
    ).toEqual({ userId: "u_2" });
    expect(happen(book, "billing", { email: claimed(ada) })?.identity).toEqual({ userId: "u_1" });
    expect(happen(book, "billing", { ids: [customer("cus_2")] })?.identity).toEqual({ userId: "u_2" });
  });

  test("an address verified for two users has no owner until an operator decides", () => {
    const book = openBook();
    linkedUser(book, "u_1");
    linkedUser(book, "u_2", NOON + DAY);
    expect(holderOf(ada, book)).toEqual({ kind: "shared", userIds: ["u_1", "u_2"] });
    // No user's events, and no person of their own: they would be merged into one of the two.
    expect(happen(book, "forms", { email: claimed(ada) })?.identity).toEqual({ anonymousId: `:address:${ada}` });
    decide(book, ada, "u_2", NOON + 2 * DAY);
    linkedUser(book, "u_1", NOON + 3 * DAY);
    expect(happen(book, "forms", { email: claimed(ada) })?.identity).toEqual({ userId: "u_2" });
  });

  test("of two users with one address, the one who has another by now does not share it", () => {
    const book = openBook();
    linkedUser(book, "u_1");
    happen(book, "users", { record: { id: "u_1" }, email: verified("new@example.com") }, NOON + HOUR);
    linkedUser(book, "u_2", NOON + DAY);
    expect(happen(book, "forms", { email: claimed(ada) })?.identity).toEqual({ userId: "u_2" });
  });

  test("a decision that an address belongs to no user holds against later facts", () => {
    const book = openBook();
    linkedUser(book, "u_1");
    decide(book, ada, null, NOON + DAY);
    linkedUser(book, "u_1", NOON + 2 * DAY);
    expect(happen(book, "forms", { email: claimed(ada) })?.identity).toEqual({ anonymousId: `:address:${ada}` });
  });

  test("two customers with one charge, order or address are not joined", () => {
    const book = openBook();
    const both = [reference("charge", "ch_1"), reference("order", "o1")];
    happen(book, "billing", { record: { metadata: { user_id: "u_1" } }, email: claimed(ada), ids: [customer("a"), ...both] });
    expect(
      happen(
        book,
        "billing",
        { record: { metadata: { user_id: "u_2" } }, email: claimed(ada), ids: [customer("b"), ...both] },
        NOON + 1,
      )?.identity,
    ).toEqual({ userId: "u_2" });
    expect(happen(book, "billing", { ids: [customer("a"), ...both] })?.identity).toEqual({ userId: "u_1" });
    expect(happen(book, "billing", { ids: [customer("b"), ...both] })?.identity).toEqual({ userId: "u_2" });
  });

  test("a known customer's event stays theirs, even if it names another person's order", () => {
    const book = openBook();
    happen(book, "billing", { record: { metadata: { user_id: "u_1" } }, ids: [customer("a"), reference("charge", "ch_1")] });
    happen(book, "billing", { email: verified("eve@example.org"), ids: [customer("b")] });
    expect(happen(book, "billing", { ids: [customer("b"), reference("charge", "ch_1")] })?.identity).toEqual({
      userId: "eve@example.org",
    });
  });

  test("ids of two sources are not joined, even if they are equal", () => {
    const book = openBook();
    happen(book, "shop", { ids: [customer("c1"), personId("cart", "k1")] });
    happen(book, "shop", { email: verified(ada), ids: [customer("c1")] });
    expect(happen(book, "billing", { ids: [customer("c1"), personId("cart", "k1")] })?.identity).toEqual({
      anonymousId: "billing:customer:c1",
    });
  });

  test("an id with many users on one day belongs to no person, until a later day corrects it", () => {
    const book = openBook();
    const use = (userId: string, at: number) =>
      happen(book, "billing", { record: { metadata: { user_id: userId } }, ids: [customer("till")] }, at);
    for (let index = 0; index < 20; index += 1) use(`u_${index}`, NOON + index);
    expect(happen(book, "billing", { ids: [customer("till")] })?.identity).toEqual({ anonymousId: "billing:customer:till" });
    expect(JSON.stringify(book.person("billing:customer:till")).length).toBeLessThan(100);
    use("u_1", NOON + DAY);
    expect(happen(book, "billing", { ids: [customer("till")] })?.identity).toEqual({ userId: "u_1" });
  });
});

describe("known people", () => {
  test.each([
    ["create", true],
    ["known", false],
  ] as const)("people of a source with people = %s", (people, isKnown) => {
    const book = openBook();
    const facts = person({ email: claimed(ada), ids: [customer("c1")] });
    learn(book, subjectOf(facts, policyOf("shop")), { source: "shop", people, at: NOON });
    expect(resolvePerson(person({ email: claimed(ada) }), policyOf("mail"), book)?.isKnown).toBe(isKnown);
    linkedUser(book);
    expect(resolvePerson(person({ ids: facts.ids }), policyOf("shop"), book)).toMatchObject({
      identity: { userId: "u_42" },
      isKnown: true,
    });
  });
});

describe("the stored rows", () => {
  const sizeOf = ({ people, references, addresses, profiles }: BookRows): number =>
    people.size + references.size + addresses.size + profiles.size;
  const facts = person({
    record: { id: "u_42" },
    email: verified(ada),
    ids: [personId("user", "u_42"), reference("session", "s1")],
  });
  const teach = (book: Book, stated = facts, source = "users", at = NOON) =>
    learn(book, subjectOf(stated, policyOf(source)), { source, at });

  test("repeated facts change nothing", () => {
    const kept = keptBook();
    let book = kept.open();
    teach(book);
    // The id, the reference, the address, and the user's profile.
    expect(sizeOf(book.changes())).toBe(4);
    kept.store(book);
    book = kept.open();
    teach(book);
    teach(book, person({ email: claimed(ada) }), "forms", NOON + DAY);
    teach(book, person({ ids: [reference("order", "o9")] }), "shop");
    expect(sizeOf(book.changes())).toBe(0);
  });

  test("changes that were not stored are told again: the event that taught them may never be sealed", () => {
    const kept = keptBook();
    const [first, second] = [kept.open(), kept.open()];
    teach(first);
    teach(second);
    expect(second.changes()).toEqual(first.changes());
    kept.store(second);
    const third = kept.open();
    teach(third);
    expect(sizeOf(third.changes())).toBe(0);
  });

  test("changes count at once, and are gone with a book that was not stored", () => {
    const kept = keptBook();
    const book = kept.open();
    teach(book);
    expect(holderOf(ada, book)).toEqual({ kind: "user", userId: "u_42" });
    expect(kept.open().address(ada)).toBeNull();
    kept.store(book);
    expect(holderOf(ada, kept.open())).toEqual({ kind: "user", userId: "u_42" });
  });

  test("what a waiting or dead event taught is undone, and what came before it is not", () => {
    const kept = keptBook();
    const before = kept.open();
    teach(before, person({ email: claimed("bob@example.com"), ids: [customer("c1")] }), "shop");
    kept.store(before);
    const book = kept.open();
    teach(book);
    const known = new Map(book.changes().profiles);
    const undo = book.mark();
    teach(book, person({ record: { id: "u_42" }, email: verified("new@example.com") }), "users", NOON + DAY);
    teach(book, person({ email: verified("bob@example.org"), ids: [customer("c1")] }), "shop", NOON + DAY);
    book.setTold(":user:u_42", { email: "new@example.com" });
    // What was stored is as it was, whatever is learned.
    expect(book.stored.profile(":user:u_42")).toEqual({});
    expect(book.stored.person("shop:customer:c1").email?.seen).toEqual([["bob@example.com", NOON]]);
    expect(book.profile(":user:u_42")).not.toEqual(known.get(":user:u_42"));
    undo();
    expect(book.told(":user:u_42")).toBeNull();
    expect(book.changes().profiles).toEqual(known);
    expect(sizeOf(book.changes())).toBe(4);
    expect(book.address("new@example.com")).toBeNull();
    expect(resolvePerson(person({ ids: [customer("c1")] }), policyOf("shop"), book)?.identity).toEqual({
      userId: "bob@example.com",
    });
  });

  test("a reference that will soon be deleted is written again", () => {
    const kept = keptBook();
    const book = kept.open();
    teach(book);
    kept.store(book);
    const later = kept.open(new Set(["users:session:s1"]));
    teach(later);
    expect([...later.changes().references.keys()]).toEqual(["users:session:s1"]);
    expect(sizeOf(later.changes())).toBe(1);
  });

  test("the rows of a subject are read in a few steps, and only once", () => {
    const kept = keptBook();
    const source = kept.open();
    const order = { ids: [customer("c1"), reference("order", "o1")] };
    happen(source, "billing", { record: { metadata: { user_id: "" } }, ...order });
    happen(source, "billing", { email: claimed(ada), ids: [customer("c1")] });
    teach(source);
    kept.store(source);
    const book = kept.open();
    book.load([subjectOf(person({ ids: [reference("order", "o1")] }), policyOf("billing"))]);
    expect(kept.reads()).toBeLessThanOrEqual(5);
    const loaded = kept.reads();
    expect(resolvePerson(person({ ids: [reference("order", "o1")] }), policyOf("billing", "email"), book)).toMatchObject({
      identity: { userId: ada },
      userId: "u_42",
    });
    expect(kept.reads()).toBe(loaded);
  });
});
