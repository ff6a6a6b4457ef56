/**
 * An open conflict follows its people: when one of the two goes on under another identifier, it names that one, and no second conflict arises.
 */
import { expect, test } from "vitest";
import { openMemoryAccount } from "../support/memory-account.ts";
import { clerk, shopify } from "../support/vendors.ts";
import { moment } from "./scenario.ts";

const former = "ada@example.com";
const present = "lovelace@example.com";

/** A customer of the shop whose former and present address both became people. */
async function customerTwice() {
  const memory = openMemoryAccount({ merge: "ask", sources: { clerk: {}, shopify: {} } });
  const customer = { id: "7", email: former, name: "Ada", phone: "+12025550101" };
  await memory.receive(shopify.customer("create", customer, moment(0)));
  await memory.receive(shopify.order("guest", { customer: null, email: present }, moment(10)));
  await memory.receive(shopify.order("own", { customer: { id: "7", email: present }, email: present }, moment(20)));
  expect(memory.conflicts()).toEqual([{ identifiers: [present, former], reason: "address_changed" }]);
  return memory;
}

test("one of two addresses turns out to be a user's", async () => {
  const memory = await customerTwice();
  await memory.receive(clerk.user("created", { id: "c", externalId: "u_1", email: former }, moment(30)));
  expect(memory.conflicts()).toEqual([{ identifiers: ["u_1", present], reason: "address_left_first" }]);
  await memory.receive(clerk.user("updated", { id: "c", externalId: "u_1", email: present }, moment(40)));
  expect(memory.conflicts()).toEqual([{ identifiers: ["u_1", present], reason: "address_left_first" }]);
});

test("the merge of an account that may merge by itself ends its conflict: only the hint that the address changed is left", async () => {
  const memory = await customerTwice();
  memory.configure({ merge: "auto", sources: { clerk: {}, shopify: {} } });
  await memory.receive(clerk.user("created", { id: "c", externalId: "u_1", email: former }, moment(30)));
  await memory.receive(clerk.user("updated", { id: "c", externalId: "u_1", email: present }, moment(40)));
  expect(memory.conflicts().map(({ reason }) => reason)).toEqual(["address_change"]);
});
