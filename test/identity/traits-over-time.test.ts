/**
 * The newest fact wins, trait by trait, by the vendor's time and not by the order of arrival.
 */
import { describe, expect, test } from "vitest";
import { clerk, hubspot, intercom, shopify, stripe } from "../support/vendors.ts";
import { declaring, moment, theProfile } from "./scenario.ts";

const scenario = declaring(test);

const ADA = "ada@example.com";
const STRIPE = { stripe: { userIdFrom: ["metadata.user_id"] } };
const named = (name: string, second: number, phone: string | null = null) =>
  stripe.customer("updated", { id: "a", email: ADA, userId: "u_1", name, phone }, moment(second, `${name}-${second}`));
const contact = (property: string, value: string, second: number) =>
  hubspot.changed("h", property, value, moment(second, `${property}-${value}-${second}`));

scenario("a value that is said again is newer than what was said between", {
  sources: STRIPE,
  webhooks: [named("A", 0), named("B", 10), named("A", 20)],
  check: (outcome, setting) => expect(theProfile(outcome, setting).attributes.name).toBe("A"),
});

scenario("of two values of one second the smaller wins, not the one that arrives last", {
  sources: STRIPE,
  webhooks: [named("A", 0), named("C", 10), named("B", 10)],
  check: (outcome, setting) => expect(theProfile(outcome, setting).attributes.name).toBe("B"),
});

scenario("each trait has its own time", {
  sources: { hubspot: {} },
  modes: ["email_and_id", "email"],
  webhooks: [
    contact("email", ADA, 0),
    contact("firstname", "Ada", 20),
    contact("lastname", "Byron", 10),
    contact("firstname", "Augusta", 5),
    contact("lastname", "Lovelace", 30),
  ],
  check: (outcome, setting) =>
    expect(theProfile(outcome, setting).attributes).toMatchObject({ email: ADA, first_name: "Ada", last_name: "Lovelace" }),
});

scenario("traits that are kept for an unknown person keep their times", {
  sources: { hubspot: {} },
  modes: ["email_and_id", "email"],
  webhooks: [contact("firstname", "Ada", 20), contact("firstname", "Augusta", 10), contact("email", ADA, 30)],
  check: (outcome, setting) => expect(theProfile(outcome, setting).attributes).toMatchObject({ email: ADA, first_name: "Ada" }),
});

describe("core traits", () => {
  const user = clerk.user("created", { id: "c", externalId: "u_1", email: ADA, firstName: "Ada" }, moment(0));
  const shopper = shopify.customer("create", { id: "s", email: ADA, name: "Augusta", phone: "+12025550142" }, moment(10));
  const helped = intercom.contact(
    "contact.user.created",
    { id: "i", externalId: "u_1", email: ADA, name: "A. Lovelace", phone: "+12025550143" },
    moment(20),
  );

  scenario("come from the first source of profile_from that has them, whichever came first", {
    sources: { shopify: {}, intercom: {}, clerk: {} },
    profileFrom: ["clerk", "shopify", "intercom"],
    webhooks: [user, shopper, helped],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person.attributes).toMatchObject({
        email: ADA,
        first_name: "Ada",
        phone: "+12025550142",
        name: "A. Lovelace",
        shopify_first_name: "Augusta",
        intercom_phone: "+12025550143",
        created_at: 1795000000,
      });
    },
  });
});

describe("a cleared value", () => {
  scenario("removes the trait, unless it was said again later", {
    sources: STRIPE,
    webhooks: [named("Ada", 0, "+12025550142"), named("Ada", 10, null)],
    check: (outcome, setting) => {
      const { attributes } = theProfile(outcome, setting);
      expect(attributes.name).toBe("Ada");
      expect(attributes.phone).toBeUndefined();
    },
  });
});
