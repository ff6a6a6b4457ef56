/**
 * A vendor merges an erased customer into another one: the erased one does not come back into the book.
 */
import { expect, test } from "vitest";
import type { Draft } from "../../src/contract/drafts.ts";
import { openBook } from "../../src/identity/book.ts";
import { NO_LINKS } from "../../src/identity/links.ts";
import type { Subject } from "../../src/identity/subject.ts";
import { addressDrafts, learnDrafts, type PeopleView } from "../../src/translate/address.ts";
import { accountWith } from "../support/memory-account.ts";

const account = accountWith({ sources: { shopify: { userIdFrom: ["id"] } } });
const state = account.sources.get("shopify");
if (!state?.ok) throw new Error("no source shopify");
const { source } = state;

const merge: Draft = {
  kind: "identify",
  person: {
    ids: [{ kind: "customer", id: "1", role: "person" }],
    merged: [
      { kind: "customer", id: "2", role: "person" },
      { kind: "customer", id: "3", role: "person" },
    ],
    mergedUserIds: ["u_2", "u_3"],
    record: { id: "u_1" },
  },
  traits: { first_name: "Ada" },
};

const ERASED: readonly string[] = ["shopify:customer:2", "u_2"];

function viewOf(): PeopleView {
  const isErased = async ({ people, userId }: Subject) => [...people, userId ?? ""].some((name) => ERASED.includes(name));
  return { book: openBook(), isErased };
}

test.each(["told", "learned only"])("the others of the same merge are merged (%s)", async (how) => {
  const view = viewOf();
  const occurrence = { at: Date.UTC(2026, 10, 23), by: "customers/merge 1" };
  if (how === "told") {
    const { calls, links } = await addressDrafts([merge], occurrence, source, account, view);
    expect([...links, ...calls]).toContainEqual(expect.objectContaining({ type: "identify", userId: "u_1" }));
  } else await learnDrafts([merge], occurrence, source, view);
  expect(view.book.person("shopify:customer:2")).toEqual(NO_LINKS);
  expect(view.book.person("shopify:customer:3").tied).toEqual(["shopify:customer:1"]);
});
