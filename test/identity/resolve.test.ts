import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { claimed, type PersonFacts, person, personId, reference, verified } from "../../src/contract/facts.ts";
import { openBook } from "../../src/identity/book.ts";
import { learn } from "../../src/identity/learn.ts";
import { type IdentityPolicy, type Resolution, resolvePerson } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";

const policy = (identifiers: IdentityPolicy["identifiers"]): IdentityPolicy => ({
  identifiers,
  source: "shop-de",
  userIdFrom: ["metadata.user_id", "id"],
});

/** A book counts the facts of the event itself. */
function resolved(facts: PersonFacts, policyHere: IdentityPolicy): Resolution | null {
  const book = openBook();
  learn(book, subjectOf(facts, policyHere), { source: policyHere.source, at: 0 });
  return resolvePerson(facts, policyHere, book);
}

const ada = person({
  record: { metadata: { user_id: "u_42" } },
  email: verified(" Ada@Example.com "),
  ids: [reference("order", "o1"), personId("customer", "c1")],
});

describe("the person of the facts", () => {
  test.each([
    ["email_and_id", { userId: "u_42" }],
    ["id", { userId: "u_42" }],
    ["email", { userId: "ada@example.com" }],
  ] as const)("a user id and an address, in a workspace of %s", (identifiers, identity) => {
    expect(resolved(ada, policy(identifiers))).toMatchObject({
      identity,
      userId: "u_42",
      email: { value: "ada@example.com", trust: "verified" },
    });
  });

  test.each([
    ["email_and_id", { userId: "ada@example.com" }],
    ["id", { anonymousId: "shop-de:customer:c1" }],
    ["email", { userId: "ada@example.com" }],
  ] as const)("an address and a vendor's id, in a workspace of %s", (identifiers, identity) => {
    const { record: _, ...facts } = ada;
    expect(resolvePerson(facts, policy(identifiers))?.identity).toEqual(identity);
  });

  test("the first path with a usable id counts", () => {
    expect(resolvePerson(person({ record: { metadata: { user_id: "null" }, id: 7 } }), policy("id"))?.identity).toEqual({
      userId: "7",
    });
  });

  test("a reference never becomes an anonymous id", () => {
    expect(resolvePerson(person({ ids: [reference("order", "o1"), reference("cart", "x")] }), policy("email_and_id"))).toBeNull();
  });

  test("a user id that is an address is an address, which the company's own code wrote", () => {
    expect(resolvePerson(person({ record: { id: "Ada@Example.com" } }), policy("email_and_id"))).toMatchObject({
      identity: { userId: "ada@example.com" },
      userId: null,
      email: { value: "ada@example.com", trust: "verified" },
    });
  });

  test("the operator's word about a source's addresses counts", () => {
    const facts = person({ email: claimed("ada@example.com") });
    expect(resolvePerson(facts, { ...policy("email"), emailTrust: "verified" })).toMatchObject({ trust: "verified" });
    expect(resolvePerson(ada, { ...policy("email"), emailTrust: "claimed" })?.email?.trust).toBe("claimed");
  });

  test("inherited properties are ignored", () => {
    const paths = { ...policy("id"), userIdFrom: ["constructor.name", "__proto__.x", "toString"] };
    expect(resolvePerson(person({ record: {} }), paths)).toBeNull();
  });
});

describe("values that never become a user id", () => {
  test.each([
    "",
    "  ",
    "0",
    "null",
    "undefined",
    "cio_0300",
    "CIO_1",
    "@",
    "ada@example",
    "x".repeat(151),
    "é".repeat(76),
    null,
    undefined,
    {},
    [],
    true,
    Number.NaN,
    1.5,
    2 ** 53,
  ])("%j", (value) => {
    expect(resolvePerson(person({ record: { id: value } }), policy("id"))).toBeNull();
  });
});

describe("texts that are not an address", () => {
  test.each([
    "",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "a b@example.com",
    "ada@example..com",
    "ada@-example.com",
    "<ada@example.com>",
    `${"x".repeat(65)}@example.com`,
    "ada@example.com,eve@example.com",
    `ada@${"x".repeat(60)}.${"y".repeat(60)}.${"z".repeat(60)}.com`,
  ])("%j", (value) => {
    expect(resolvePerson(person({ email: claimed(value) }), policy("email"))).toBeNull();
  });

  test.each([
    ["ada+shop@example.co.uk", "ada+shop@example.co.uk"],
    ["ADA@EXAMPLE.COM", "ada@example.com"],
    // Customer.io takes an international domain for an id: it is written in ASCII.
    ["ada@müller.example", "ada@xn--mller-kva.example"],
    ["ada@mu\u0308ller.example", "ada@xn--mller-kva.example"],
    ["ada@XN--MLLER-KVA.example", "ada@xn--mller-kva.example"],
    ["ame\u0301lie@example.com", "am\u00e9lie@example.com"],
  ])("but %j is one", (value, address) => {
    expect(resolvePerson(person({ email: claimed(value) }), policy("email"))?.identity).toEqual({ userId: address });
  });
});

test("the same facts give the same answer, and an identifier has at most 150 bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), fc.emailAddress(), (id, kind, address) => {
      const facts = person({ record: { id }, email: claimed(address), ids: [personId(kind, id)] });
      for (const identifiers of ["email_and_id", "id", "email"] as const) {
        const resolution = resolvePerson(facts, policy(identifiers));
        expect(resolvePerson(facts, policy(identifiers))).toEqual(resolution);
        for (const value of Object.values(resolution?.identity ?? {}))
          expect(new TextEncoder().encode(value).byteLength).toBeLessThanOrEqual(150);
      }
    }),
  );
});
