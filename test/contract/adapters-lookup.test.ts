/**
 * Look-ups: how an adapter learns about a person that an event names by id only.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { bearerLookup } from "../../src/contract/remote.ts";
import { ADAPTERS } from "../support/registry.ts";

describe("a look-up with a bearer token", () => {
  const lookup = bearerLookup({
    host: "api.example.com",
    kind: "user",
    path: "/users/",
    schema: z.object({ name: z.string() }),
    draft: ({ name }) => track(person({}), name),
  });

  test("asks one host about one kind of id, which cannot leave its place in the path", () => {
    expect(lookup.request({ kind: "user", id: "../a?b", role: "person" }, "key")).toEqual({
      host: "api.example.com",
      path: "/users/..%2Fa%3Fb",
      headers: { authorization: "Bearer key" },
    });
    expect(lookup.request({ kind: "order", id: "1", role: "reference" }, "key")).toBeNull();
  });

  test("takes an answer about a person and no other", () => {
    expect(lookup.read({ name: "Ada" })).toMatchObject([{ event: "Ada" }]);
    expect(lookup.read({ error: "none" })).toBeNull();
  });
});

const ADDRESSES: readonly (readonly [id: string, kind: string, address: string])[] = [
  ["clerk", "user", "api.clerk.com/v1/users/1"],
  ["workos", "user", "api.workos.com/user_management/users/1"],
  ["stripe", "customer", "api.stripe.com/v1/customers/1"],
  ["mollie", "customer", "api.mollie.com/v2/customers/1"],
  ["gocardless", "customer", "api.gocardless.com/customers/1"],
  ["recharge", "customer", "api.rechargeapps.com/customers/1"],
];

test.each(ADDRESSES.filter(([id]) => ADAPTERS.has(id)))("%s is asked where its people are", (id, kind, address) => {
  const lookup = ADAPTERS.get(id)?.lookup;
  const request = lookup?.request({ kind, id: "1", role: "person" }, "key");
  expect(`${request?.host}${request?.path}`).toBe(address);
  expect(lookup?.hosts).toEqual([request?.host]);
});
