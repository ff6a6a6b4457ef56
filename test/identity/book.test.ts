import { describe, expect, test } from "vitest";
import { claimed, type PersonInput, person, personId, reference, verified } from "../../src/contract/facts.ts";
import { type Book, decision, openBook } from "../../src/identity/book.ts";
import { joinKnowledge, type Knowledge } from "../../src/identity/links.ts";
import { type IdentityPolicy, type Resolution, resolvePerson } from "../../src/identity/resolve.ts";

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
  book.learn(person(input), policy, at);
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

  test("a customer linked only by a claimed address keeps it when another one is claimed", () => {
    const book = openBook();
    linkedUser(book);
    happen(book, "billing", { email: claimed(ada), ids: [customer("cus_1")] });
    const invoice = happen(book, "billing", { email: claimed("billing@corp.example"), ids: [customer("cus_1")] }, NOON + DAY);
    expect(invoice).toMatchObject({ identity: { userId: "u_42" }, trust: "claimed" });
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
      anonymousIds: ["billing:customer:cus_1"],
    });
  });

  test("the order of a guest leads to the address on it", () => {
    const book = openBook();
    happen(book, "shop", { email: claimed(ada), ids: [reference("order", "o1")] });
    expect(happen(book, "shop", { ids: [reference("order", "o1")] })).toMatchObject({
      identity: { userId: ada },
      anonymousIds: [],
    });
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
    expect(book.address(ada)).toMatchObject({ isShared: true, userId: null });
    expect(happen(book, "forms", { email: claimed(ada) })?.identity).toEqual({ userId: ada });
    const stored = joinKnowledge([book.learned(), decision(ada, "u_2", NOON + 2 * DAY)]);
    const decided = openBook(() => ({ ...stored, aging: new Set() }));
    linkedUser(decided, "u_1", NOON + 3 * DAY);
    expect(happen(decided, "forms", { email: claimed(ada) })?.identity).toEqual({ userId: "u_2" });
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

  test("two person ids of one event are not joined", () => {
    const book = openBook();
    happen(book, "shop", { ids: [customer("c1"), personId("cart", "k1")] });
    happen(book, "shop", { email: verified(ada), ids: [customer("c1")] });
    expect(happen(book, "shop", { ids: [personId("cart", "k1")] })?.identity).toEqual({ anonymousId: "shop:cart:k1" });
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
    book.learn(facts, { ...policyOf("shop"), people }, NOON);
    expect(resolvePerson(person({ email: claimed(ada) }), policyOf("mail"), book)?.isKnown).toBe(isKnown);
    linkedUser(book);
    expect(resolvePerson(person({ ids: facts.ids }), policyOf("shop"), book)).toMatchObject({
      identity: { userId: "u_42" },
      isKnown: true,
    });
  });
});

describe("stored knowledge", () => {
  const sizeOf = ({ people, references, addresses }: Knowledge): number => people.size + references.size + addresses.size;

  /** A book over rows that the test keeps. */
  function kept() {
    let rows: Knowledge = joinKnowledge([]);
    const open = () => openBook(() => ({ ...rows, aging: new Set() }));
    let book = open();
    return {
      learn: (...given: Parameters<typeof book.learn>) => book.learn(...given),
      address: (address: string) => book.address(address),
      store: (news: Knowledge) => {
        rows = joinKnowledge([rows, news]);
        book = open();
      },
    };
  }

  const facts = person({
    record: { id: "u_42" },
    email: verified(ada),
    ids: [personId("user", "u_42"), reference("session", "s1")],
  });

  test("repeated facts teach nothing new", () => {
    const book = kept();
    const news = book.learn(facts, policyOf("users"), NOON);
    expect(sizeOf(news)).toBe(4);
    book.store(news);
    expect(sizeOf(book.learn(facts, policyOf("users"), NOON))).toBe(0);
    expect(sizeOf(book.learn(facts, policyOf("users"), NOON + HOUR))).toBe(0);
    expect(sizeOf(book.learn(person({ email: claimed(ada) }), policyOf("forms"), NOON + DAY))).toBe(0);
    expect(sizeOf(book.learn(person({ ids: [customer("c9")] }), policyOf("shop"), NOON))).toBe(0);
  });

  test("unstored knowledge is returned again: the event that taught it may never be sealed", () => {
    const book = kept();
    const news = book.learn(facts, policyOf("users"), NOON);
    expect(book.learn(facts, policyOf("users"), NOON)).toEqual(news);
    book.store(news);
    expect(sizeOf(book.learn(facts, policyOf("users"), NOON))).toBe(0);
  });

  test("learned knowledge has immediate effect, and is lost with a book that was not stored", () => {
    const book = kept();
    const news = book.learn(facts, policyOf("users"), NOON);
    expect(book.address(ada)?.userId).toBe("u_42");
    book.store(joinKnowledge([]));
    expect(book.address(ada)).toBeNull();
    book.store(news);
    expect(book.address(ada)?.userId).toBe("u_42");
  });

  test("the rows of a subject are read in a few steps, and only once", () => {
    const source = openBook();
    const parts = [
      source.learn(
        person({ record: { metadata: { user_id: "" } }, ids: [customer("c1"), reference("order", "o1")] }),
        policyOf("billing"),
        NOON,
      ),
      source.learn(person({ email: claimed(ada), ids: [customer("c1")] }), policyOf("billing"), NOON),
      source.learn(facts, policyOf("users"), NOON),
    ];
    const rows = joinKnowledge(parts);
    let reads = 0;
    const book = openBook((keys) => {
      reads += 1;
      const pick = <Value>(map: ReadonlyMap<string, Value>, wanted: readonly string[]) =>
        new Map([...map].filter(([key]) => wanted.includes(key)));
      return {
        people: pick(rows.people, keys.people),
        references: pick(rows.references, keys.references),
        addresses: pick(rows.addresses, keys.addresses),
        aging: new Set(),
      };
    });
    book.load([{ userId: null, email: null, people: [], references: ["billing:order:o1"] }]);
    expect(reads).toBeLessThanOrEqual(5);
    const loaded = reads;
    expect(resolvePerson(person({ ids: [reference("order", "o1")] }), policyOf("billing", "email"), book)).toMatchObject({
      identity: { userId: ada },
      userId: "u_42",
    });
    expect(reads).toBe(loaded);
  });
});
