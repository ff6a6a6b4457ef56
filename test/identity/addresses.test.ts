/**
 * A profile known by user id has its address, and an address that several people have leads to none of them.
 */
import { describe, expect, test } from "vitest";
import {
  auth0,
  calendly,
  clerk,
  intercom,
  revenuecat,
  segment,
  shopify,
  stripe,
  supabase,
  workos,
  zendesk,
} from "../support/vendors.ts";
import { declaring, moment, theProfile } from "./scenario.ts";

const scenario = declaring(test);

const ADA = "ada@example.com";
const EVE = "eve@example.com";

describe("a user has the address that a trusted source states", () => {
  const told = {
    stripe: stripe.customer("created", { id: "a", email: ADA, userId: "u_1" }, moment(0)),
    revenuecat: revenuecat.purchase({ appUserId: "u_1", anonymous: null, email: ADA }, moment(0)),
    intercom: intercom.contact("contact.user.created", { id: "i", externalId: "u_1", email: ADA }, moment(0)),
    segment: segment.identify({ userId: "u_1" }, { email: ADA }, moment(0)),
    zendesk: zendesk.user("created", { id: "z", externalId: "u_1", email: ADA }, moment(0)),
    auth0: auth0.log("u_1", ADA, moment(0)),
    supabase: supabase.signedUp("u_1", ADA, null),
    workos: workos.user({ id: "w", externalId: "u_1", email: ADA }, moment(0)),
    clerk: clerk.user("created", { id: "c", externalId: "u_1", email: ADA }, moment(0)),
  };
  for (const [source, webhook] of Object.entries(told))
    scenario(source, {
      sources: { [source]: source === "stripe" ? { userIdFrom: ["metadata.user_id"] } : {} },
      webhooks: [webhook],
      check: (outcome, setting) => {
        const person = theProfile(outcome, setting);
        expect(person.attributes).toMatchObject({ email: ADA });
        expect(person.attributes[`${source}_email`]).toBeUndefined();
        if (setting.identifiers === "email") expect(person).toMatchObject({ id: null, email: ADA });
        else expect(person.id).toBe(source === "auth0" ? "auth0|u_1" : "u_1");
      },
    });
});

scenario("a user id that is an address is an address", {
  sources: { segment: {} },
  modes: ["email_and_id", "email"],
  webhooks: [
    segment.track({ userId: ADA }, "Report Opened", moment(0)),
    segment.identify({ userId: ADA }, { plan: "pro" }, moment(10)),
  ],
  check: (outcome, setting) => {
    const person = theProfile(outcome, setting);
    expect(person).toMatchObject({ id: null, email: ADA, attributes: { segment_plan: "pro" } });
    expect(person.reached).toEqual(["segment@0"]);
  },
});

describe("a user deleted and made anew with the same address", () => {
  const first = { id: "c_1", externalId: "u_1", email: ADA };
  const second = { id: "c_2", externalId: "u_2", email: ADA };

  scenario("is a new profile that has the address and the events after it", {
    sources: { clerk: {}, calendly: {} },
    modes: ["email_and_id"],
    isInOrder: true,
    webhooks: [
      clerk.user("created", first, moment(0)),
      clerk.deleted("c_1", moment(10)),
      clerk.user("created", second, moment(20)),
      calendly.booked(ADA, moment(30)),
    ],
    check: (outcome) => {
      const anew = outcome.people.find(({ id }) => id === "u_2");
      expect(anew !== undefined || outcome.conflicts.length === 1).toBe(true);
      const others = outcome.people.filter(({ id }) => id !== "u_2");
      expect(others.flatMap(({ reached }) => reached)).not.toContain("calendly@30");
      if (outcome.conflicts.length === 0) expect(anew?.attributes.email).toBe(ADA);
      if (anew) expect(anew.reached).toContain("calendly@30");
    },
  });

  scenario('with on_delete = "delete" the old profile is gone and the new one complete', {
    sources: { clerk: { onDelete: "delete" }, calendly: {} },
    isInOrder: true,
    webhooks: [
      clerk.user("created", first, moment(0)),
      clerk.deleted("c_1", moment(10)),
      clerk.user("created", second, moment(20)),
      calendly.booked(ADA, moment(30)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      expect(person.attributes.email).toBe(ADA);
      expect(person.reached).toEqual(["calendly@30", "clerk@20"]);
    },
  });

  for (const late of ["stripe", "shopify"] as const)
    scenario(`with on_delete = "delete" a late event of ${late} does not bring the person back`, {
      sources: { clerk: { onDelete: "delete" }, stripe: { userIdFrom: ["metadata.user_id"] }, shopify: {} },
      isInOrder: true,
      webhooks: [
        clerk.user("created", first, moment(0)),
        stripe.customer("created", { id: "a", email: ADA, userId: "u_1" }, moment(1)),
        shopify.customer("create", { id: "s", email: ADA }, moment(2)),
        clerk.deleted("c_1", moment(10)),
        late === "stripe"
          ? stripe.invoicePaid("a", moment(9))
          : shopify.order("o", { customer: { id: "s", email: ADA }, email: ADA }, moment(8)),
      ],
      check: ({ people }) => expect(people).toEqual([]),
    });
});

describe("an address of two living users", () => {
  const two = [
    clerk.user("created", { id: "c_1", externalId: "u_1", email: ADA }, moment(0)),
    clerk.user("created", { id: "c_2", externalId: "u_2", email: ADA }, moment(10)),
  ];

  scenario("leads to neither of them", {
    sources: { clerk: {}, calendly: {} },
    modes: ["email_and_id", "id"],
    isInOrder: true,
    webhooks: [...two, calendly.booked(ADA, moment(20))],
    check: ({ people, stray }) => {
      expect(people.flatMap(({ id }) => id ?? []).toSorted()).toEqual(["u_1", "u_2"]);
      expect(people.flatMap(({ reached }) => reached)).not.toContain("calendly@20");
      expect(stray).toHaveLength(1);
    },
  });
});

describe("a guest who types a customer's address", () => {
  const customer = clerk.user(
    "created",
    { id: "c", externalId: "u_1", email: ADA, firstName: "Ada", phone: "+12025550142" },
    moment(0),
  );

  scenario("writes none of the customer's traits", {
    sources: { clerk: {}, shopify: {}, stripe: {} },
    webhooks: [
      customer,
      shopify.order("o", { customer: null, email: ADA, phone: "+12025550666" }, moment(10)),
      stripe.checkout("x", { email: ADA, name: "Mallory", phone: "+12025550667" }, moment(20)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person.attributes).toMatchObject({ email: ADA, first_name: "Ada", phone: "+12025550142" });
      expect(person.attributes.name).toBeUndefined();
    },
  });

  scenario("does so neither where no other source has told a phone number", {
    sources: { clerk: {}, shopify: {}, stripe: {} },
    profileFrom: ["shopify", "stripe", "clerk"],
    webhooks: [
      clerk.user("created", { id: "c", externalId: "u_1", email: ADA }, moment(0)),
      shopify.order("o", { customer: null, email: ADA, phone: "+12025550666" }, moment(10)),
      stripe.checkout("x", { email: ADA, name: "Mallory", phone: "+12025550667" }, moment(20)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person.attributes.phone).toBeUndefined();
      expect(person.attributes.name).toBeUndefined();
    },
  });

  scenario("does not change the address of a user", {
    sources: { clerk: {}, stripe: {}, zendesk: { emailTrust: "claimed" } },
    webhooks: [
      customer,
      stripe.checkout("x", { email: EVE }, moment(10)),
      zendesk.user("created", { id: "z", externalId: "u_1", email: EVE }, moment(20)),
    ],
    check: ({ people, conflicts }) => {
      const user = people.find(({ attributes }) => attributes.first_name === "Ada");
      expect(conflicts).toEqual([]);
      expect(user?.attributes.email).toBe(ADA);
    },
  });
});
