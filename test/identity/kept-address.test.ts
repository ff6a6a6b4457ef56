/**
 * A user whose new address another profile still has in Customer.io keeps the former one until that is decided.
 */
import { expect, test } from "vitest";
import { openMemoryAccount } from "../support/memory-account.ts";
import { calendly, clerk } from "../support/vendors.ts";
import { moment } from "./scenario.ts";

test("no call takes the address of a user away", async () => {
  const memory = openMemoryAccount({ merge: "ask", sources: { clerk: {}, calendly: {} } });
  const user = { id: "c", externalId: "u_1" };
  await memory.receive(clerk.user("created", { ...user, email: "ada@example.com" }, moment(0)));
  await memory.receive(calendly.booked("lovelace@example.com", moment(10)));
  await memory.receive(clerk.user("updated", { ...user, email: "lovelace@example.com" }, moment(20)));
  expect(memory.conflicts().map(({ reason }) => reason)).toEqual(["address_left_first"]);
  const identifies = memory.calls().filter(({ call }) => call.type === "identify");
  expect(identifies.length).toBeGreaterThan(1);
  expect(identifies.filter(({ call }) => JSON.stringify(call).includes('"email":null'))).toEqual([]);
});
