/**
 * What several vendors say of one customer's subscriptions and addresses, as Customer.io has it.
 */
import { describe, expect, test } from "vitest";
import { type AccountSettings, openMemoryAccount } from "../support/memory-account.ts";
import { made, type Webhook } from "../support/vendors.ts";
import { observe } from "./scenario.ts";

/** As the subscriptions themselves say. */
const USER = "user_1815";

/** The attributes of the only person after these webhooks. */
async function attributesAfter(settings: AccountSettings, webhooks: readonly Webhook[]) {
  const memory = openMemoryAccount(settings);
  for (const webhook of webhooks) await memory.receive(webhook);
  const { people, failures } = observe(memory, {});
  expect(failures).toEqual([]);
  expect(people).toHaveLength(1);
  return people[0]?.attributes ?? {};
}

describe("billing_from", () => {
  const stripe = [
    made("stripe", "customer.created", { "data.object.metadata.user_id": USER }),
    made("stripe", "customer.subscription.created", {}),
  ];
  const paddle = [
    made("paddle", "customer.created", { "data.custom_data.user_id": USER }),
    made("paddle", "subscription.past_due", {}),
  ];
  const sources = { stripe: { userIdFrom: ["metadata.user_id"] }, paddle: { userIdFrom: ["custom_data.user_id"] } };

  test.each([
    ["stripe", "subscription_status", "paddle_subscription_status"],
    ["paddle", "stripe_subscription_status", "subscription_status"],
  ])("%s has the plan's names, the other one its own, whatever came first", async (billingFrom, ofStripe, ofPaddle) => {
    for (const webhooks of [
      [...stripe, ...paddle],
      [...paddle, ...stripe],
    ]) {
      const attributes = await attributesAfter({ sources, billingFrom }, webhooks);
      expect(attributes).toMatchObject({ [ofStripe]: "active", [ofPaddle]: "past_due" });
    }
  });
});

test("an address and a business of Paddle find their customer, also where they come first", async () => {
  const webhooks = ["address.created", "business.created", "customer.created"].map((name) => made("paddle", name, {}));
  const inOrder = await attributesAfter({ sources: { paddle: {} } }, [...webhooks].reverse());
  expect(inOrder).toMatchObject({ email: "ada@example.com", paddle_city: "Vienna" });
  expect(await attributesAfter({ sources: { paddle: {} } }, webhooks)).toEqual(inOrder);
});
