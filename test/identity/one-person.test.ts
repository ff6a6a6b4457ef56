/**
 * One customer of the real world ends as one profile in Customer.io, whatever the order of arrival; or the two that are left are named in
 * `conflicts`.
 */
import { describe, expect, test } from "vitest";
import {
  calendly,
  clerk,
  hubspot,
  intercom,
  paypal,
  revenuecat,
  segment,
  shopify,
  stripe,
  typeform,
  type Webhook,
  zendesk,
} from "../support/vendors.ts";
import { declaring, emailChannel, moment, outcomeOf, theProfile } from "./scenario.ts";

const scenario = declaring(test);

const ADA = "ada@example.com";

const STRIPE = { stripe: { userIdFrom: ["metadata.user_id"] } };

describe("a lead, a support contact and a user", () => {
  const lead = typeform.response(ADA, moment(0));
  const contact = zendesk.user("created", { id: "z", externalId: "u_1" }, moment(10));
  const signUp = clerk.user("created", { id: "c", externalId: "u_1", email: ADA, firstName: "Ada" }, moment(20));

  scenario("are one", {
    sources: { clerk: {}, typeform: {}, zendesk: {} },
    webhooks: [lead, contact, signUp],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (setting.identifiers !== "email") expect(person.id).toBe("u_1");
      if (outcome.conflicts.length > 0) return;
      expect(person).toMatchObject({ email: ADA, attributes: { email: ADA, first_name: "Ada" } });
      expect(person.reached).toEqual(["clerk@20", "typeform@0", "zendesk@10"]);
    },
  });

  scenario("are one without a conflict where an unknown person may be waited for", {
    sources: { clerk: {}, typeform: {}, zendesk: {} },
    webhooks: [lead, contact, signUp],
    check: (outcome, { holdUnknown }) => {
      if (holdUnknown > 0) expect(outcome.conflicts).toEqual([]);
    },
  });
});

describe("user_id_from that is set after months", () => {
  for (const identifiers of ["email_and_id", "id", "email"] as const)
    for (const merge of ["ask", "auto"] as const)
      test(`gives the person the user id (${identifiers}, ${merge})`, async () => {
        const customer = { id: "a", email: ADA, userId: "u_1", name: "Ada" };
        const outcome = await outcomeOf(
          [
            stripe.customer("created", customer, moment(0)),
            stripe.invoicePaid("a", moment(10)),
            { configure: { sources: STRIPE } },
            stripe.customer("updated", { ...customer, phone: "+12025550142" }, moment(20)),
            stripe.invoicePaid("a", moment(30)),
          ],
          { sources: { stripe: {} } },
          { identifiers, holdUnknown: 0, merge },
        );
        const person = theProfile(outcome, { merge });
        if (identifiers === "email") expect(person).toMatchObject({ attributes: { user_id: "u_1" } });
        else expect(person.id).toBe("u_1");
        expect(person.attributes.email).toBe(ADA);
        expect(person.reached).toEqual(["stripe@0", "stripe@10", "stripe@30"]);
      });
});

describe("a year of one customer", () => {
  const shopper = { id: "s", email: ADA, name: "Ada" };
  const support = { id: "i", externalId: "u_1", email: ADA };
  const webhooks: readonly Webhook[] = [
    typeform.response(ADA, moment(0)),
    calendly.booked(ADA, moment(10)),
    hubspot.created("h", moment(20)),
    hubspot.changed("h", "email", ADA, moment(21)),
    hubspot.changed("h", "lifecyclestage", "lead", moment(22)),
    shopify.order("o_1", { customer: null, email: ADA }, moment(30)),
    clerk.user("created", { id: "c", externalId: "u_1", email: ADA, firstName: "Ada" }, moment(40)),
    stripe.customer("created", { id: "a", email: ADA, userId: "u_1" }, moment(50)),
    stripe.invoicePaid("a", moment(60)),
    intercom.contact("contact.user.created", support, moment(70)),
    intercom.conversation(support, moment(80)),
    zendesk.user("created", { id: "z", externalId: "u_1", email: ADA }, moment(90)),
    zendesk.ticket("z", moment(100)),
    shopify.customer("create", shopper, moment(110)),
    shopify.order("o_2", { customer: shopper, email: ADA }, moment(120)),
    shopify.refunded("o_2", moment(130)),
    revenuecat.purchase({ appUserId: "u_1", anonymous: "$RCAnonymousID:1", email: ADA }, moment(140)),
    segment.track({ userId: "u_1", anonymousId: "browser" }, "Report Opened", moment(150)),
    segment.track({ anonymousId: "browser" }, "Page Scrolled", moment(35)),
    stripe.disputed("p_1", moment(160)),
    stripe.paid("p_1", { customer: "a", email: null }, moment(155)),
  ];

  scenario("is one profile", {
    sources: {
      clerk: {},
      ...STRIPE,
      shopify: {},
      intercom: {},
      zendesk: {},
      hubspot: {},
      typeform: {},
      calendly: {},
      segment: {},
      revenuecat: {},
    },
    webhooks,
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person.attributes).toMatchObject({ email: ADA, first_name: "Ada" });
      expect(person.reached).toEqual(
        [
          ...["typeform@0", "calendly@10", "hubspot@20", "hubspot@22", "shopify@30", "clerk@40", "stripe@50", "stripe@60"],
          ...["intercom@70", "intercom@80", "zendesk@90", "zendesk@100", "shopify@110", "shopify@120", "shopify@130"],
          ...["revenuecat@140", "segment@150", "segment@35", "stripe@160", "stripe@155"],
        ].toSorted(),
      );
      expect(emailChannel(person)).toBeUndefined();
    },
  });
});

describe("a changed address", () => {
  const before = { id: "c", externalId: "u_1", email: ADA, firstName: "Ada" };
  const after = { ...before, email: "lovelace@example.com" };
  const sources = { clerk: {}, calendly: {}, ...STRIPE };

  scenario("of a user becomes the profile's", {
    sources,
    webhooks: [
      clerk.user("created", before, moment(0)),
      stripe.customer("created", { id: "a", email: ADA, userId: "u_1" }, moment(10)),
      clerk.user("updated", after, moment(20)),
      stripe.invoicePaid("a", moment(30)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person).toMatchObject({ email: after.email, attributes: { email: after.email } });
      expect(person.reached).toEqual(["clerk@0", "stripe@10", "stripe@30"]);
    },
  });

  scenario("that is a person of its own by now is folded into the user, or named", {
    sources,
    webhooks: [
      clerk.user("created", before, moment(0)),
      calendly.booked(after.email, moment(10)),
      clerk.user("updated", after, moment(20)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person).toMatchObject({ attributes: { email: after.email } });
      expect(person.reached).toEqual(["calendly@10", "clerk@0"]);
    },
  });

  scenario("is named where the workspace forbids the change", {
    sources,
    modes: ["email_and_id"],
    isInOrder: true,
    workspace: { mayChangeEmail: false },
    webhooks: [clerk.user("created", before, moment(0)), clerk.user("updated", after, moment(20))],
    check: ({ people, conflicts }) => {
      expect(people).toHaveLength(1);
      expect(people[0]?.email === after.email || conflicts.length === 1).toBe(true);
    },
  });

  scenario("that the vendor's contact had first still leads to the person", {
    sources: { hubspot: {}, calendly: {} },
    modes: ["email_and_id", "email"],
    webhooks: [
      hubspot.changed("h", "email", ADA, moment(0)),
      hubspot.changed("h", "firstname", "Ada", moment(1)),
      hubspot.changed("h", "email", after.email, moment(20)),
      hubspot.changed("h", "lifecyclestage", "customer", moment(30)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length > 0) return;
      expect(person.attributes.first_name).toBe("Ada");
      expect(person.reached).toEqual(["hubspot@30"]);
    },
  });
});

describe("an event that names only a reference", () => {
  const shopper = { id: "s", email: ADA, name: "Ada" };

  scenario("of a shop finds its person, also before its order", {
    sources: { shopify: {} },
    webhooks: [
      shopify.order("o", { customer: shopper, email: ADA }, moment(0)),
      shopify.fulfilled("o", null, moment(10)),
      shopify.refunded("o", moment(20)),
    ],
    check: (outcome, setting) => {
      if (setting.identifiers === "id") return expect(outcome.endings).toEqual([]);
      expect(outcome.endings).toEqual([]);
      expect(theProfile(outcome, setting).reached).toEqual(["shopify@0", "shopify@10", "shopify@20"]);
    },
  });

  scenario("of a payment finds its person, also before its payment", {
    sources: STRIPE,
    webhooks: [
      stripe.customer("created", { id: "a", email: ADA, userId: "u_1" }, moment(0)),
      stripe.paid("p", { customer: "a", email: null }, moment(10)),
      stripe.disputed("p", moment(20)),
    ],
    check: (outcome, setting) => {
      expect(outcome.endings).toEqual([]);
      expect(theProfile(outcome, setting).reached).toEqual(["stripe@0", "stripe@10", "stripe@20"]);
    },
  });

  scenario("of a refund finds its person through the payment, which names only its order", {
    sources: { paypal: {} },
    modes: ["email_and_id", "email"],
    webhooks: [paypal.approved("O1", ADA, moment(0)), paypal.captured("O1", "C1", moment(10)), paypal.refunded("C1", moment(20))],
    check: (outcome, setting) => {
      expect(outcome.endings).toEqual([]);
      expect(theProfile(outcome, setting).reached).toEqual(["paypal@0", "paypal@10", "paypal@20"]);
    },
  });

  scenario("that nobody ever has becomes a dead letter", {
    sources: { shopify: {} },
    webhooks: [shopify.refunded("o", moment(0))],
    check: ({ endings, people }) => {
      expect(people).toEqual([]);
      expect(endings.map(({ as }) => as)).toEqual(["dead"]);
    },
  });
});

describe("a merge of the vendor", () => {
  const done = (
    outcome: Parameters<typeof theProfile>[0],
    setting: Parameters<typeof theProfile>[1],
    events: readonly string[],
  ) => {
    const person = theProfile(outcome, setting);
    if (outcome.conflicts.length === 0) expect(person.reached).toEqual(events);
  };

  scenario("of HubSpot ties its contacts together", {
    sources: { hubspot: {} },
    modes: ["email_and_id", "email"],
    webhooks: [
      hubspot.changed("h_1", "email", ADA, moment(0)),
      hubspot.changed("h_2", "lifecyclestage", "lead", moment(10)),
      hubspot.merged("h_1", "h_2", "h_3", moment(20)),
      hubspot.changed("h_3", "lifecyclestage", "customer", moment(30)),
    ],
    check: (outcome, setting) => done(outcome, setting, ["hubspot@10", "hubspot@30"]),
  });

  scenario("of Shopify ties its customers together", {
    sources: { shopify: {} },
    modes: ["email_and_id", "email"],
    webhooks: [
      shopify.customer("create", { id: "s_1", email: ADA }, moment(0)),
      shopify.customer("create", { id: "s_2", email: null }, moment(10)),
      shopify.merged("s_1", "s_2", moment(20)),
    ],
    check: (outcome, setting) => done(outcome, setting, ["shopify@0", "shopify@10"]),
  });

  scenario("of Segment (alias) ties the visitor to the user", {
    sources: { segment: {} },
    webhooks: [
      segment.track({ anonymousId: "browser" }, "Page Scrolled", moment(0)),
      segment.alias("u_1", "browser", moment(10)),
      segment.identify({ userId: "u_1" }, { email: ADA }, moment(20)),
    ],
    check: (outcome, setting) => done(outcome, setting, ["segment@0"]),
  });

  scenario("of RevenueCat (transfer) ties the anonymous buyer to the user", {
    sources: { revenuecat: {} },
    webhooks: [
      revenuecat.purchase({ appUserId: "$RCAnonymousID:1", anonymous: null }, moment(0)),
      revenuecat.transfer("$RCAnonymousID:1", "u_1", moment(10)),
      revenuecat.purchase({ appUserId: "u_1", anonymous: null, email: ADA }, moment(20)),
    ],
    check: (outcome, setting) => done(outcome, setting, ["revenuecat@0", "revenuecat@10", "revenuecat@20"]),
  });
});

describe("a routing form", () => {
  scenario("in any language names the address that it asks for", {
    sources: { calendly: {} },
    modes: ["email_and_id", "email"],
    webhooks: [calendly.routed("Adresse électronique", ADA, moment(0))],
    check: (outcome, setting) => expect(theProfile(outcome, setting).email).toBe(ADA),
  });
});

describe("one address in two spellings", () => {
  scenario("of Unicode is one person", {
    sources: { typeform: {}, calendly: {} },
    modes: ["email_and_id", "email"],
    webhooks: [
      typeform.response("zoé@example.com".normalize("NFC"), moment(0)),
      calendly.booked("ZOÉ@example.com".normalize("NFD"), moment(10)),
    ],
    check: (outcome, setting) => expect(theProfile(outcome, setting).reached).toEqual(["calendly@10", "typeform@0"]),
  });

  scenario("of its domain is one person, whom Customer.io knows by address", {
    sources: { typeform: {}, calendly: {} },
    modes: ["email_and_id", "email"],
    webhooks: [typeform.response("ada@bücher.example", moment(0)), calendly.booked("ada@xn--bcher-kva.example", moment(10))],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      expect(person).toMatchObject({ id: null, email: "ada@xn--bcher-kva.example" });
      expect(person.reached).toEqual(["calendly@10", "typeform@0"]);
    },
  });
});
