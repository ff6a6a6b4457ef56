/**
 * An opt-out is never lost, and a wrong opt-in never sent.
 */
import { describe, expect, test } from "vitest";
import { clerk, sendgrid, shopify, stripe } from "../support/vendors.ts";
import { declaring, emailChannel, moment, theProfile } from "./scenario.ts";

const scenario = declaring(test);

const ADA = "ada@example.com";
const shopper = { id: "s", email: ADA, name: "Ada", phone: "+12025550142" };
const user = { id: "c", externalId: "u_1", email: ADA };
const SYNC = { consent: "sync" } as const;
// An address is a person's only where it identifies; in an `id` workspace a user must have it.
const KNOWN = [clerk.user("created", user, moment(0))] as const;

describe("an opt-out holds", () => {
  scenario("against an update of the profile one second younger, and an order", {
    sources: { clerk: {}, shopify: {} },
    webhooks: [
      ...KNOWN,
      shopify.customer("create", shopper, moment(1)),
      shopify.consent(shopper, "unsubscribed", moment(10)),
      shopify.customer("update", { ...shopper, phone: "+12025550143" }, moment(11)),
      shopify.order("o", { customer: shopper, email: ADA }, moment(12)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(false),
  });

  scenario("and leaves name and phone of a record that arrives later", {
    sources: { shopify: {} },
    modes: ["email_and_id", "email"],
    webhooks: [shopify.customer("create", shopper, moment(1)), shopify.consent(shopper, "unsubscribed", moment(10))],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      expect(emailChannel(person)).toBe(false);
      expect(person.attributes).toMatchObject({ first_name: "Ada", phone: shopper.phone });
    },
  });

  scenario("against a resubscription to one group", {
    sources: { clerk: {}, sendgrid: {} },
    webhooks: [...KNOWN, sendgrid.event("unsubscribe", ADA, moment(10)), sendgrid.event("group_resubscribe", ADA, moment(20))],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(false),
  });

  scenario("against a repeated choice of its own group", {
    sources: { clerk: {}, sendgrid: SYNC },
    webhooks: [
      ...KNOWN,
      sendgrid.event("group_unsubscribe", ADA, moment(10)),
      sendgrid.event("group_resubscribe", ADA, moment(20)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBeUndefined(),
  });

  scenario("of an address that is a user's only later", {
    sources: { clerk: {}, shopify: {} },
    webhooks: [
      shopify.customer("create", shopper, moment(0)),
      shopify.consent(shopper, "unsubscribed", moment(10)),
      clerk.user("created", user, moment(20)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length === 0) expect(emailChannel(person)).toBe(false);
    },
  });
});

describe('with consent = "sync"', () => {
  scenario("a newer opt-in of the customer counts", {
    sources: { clerk: {}, shopify: SYNC },
    webhooks: [
      ...KNOWN,
      shopify.customer("create", shopper, moment(1)),
      shopify.consent(shopper, "unsubscribed", moment(10)),
      shopify.customer("update", { ...shopper, consent: { state: "subscribed", at: moment(20).at } }, moment(20)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(true),
  });

  scenario("an older opt-in does not", {
    sources: { clerk: {}, shopify: SYNC, sendgrid: SYNC },
    webhooks: [
      ...KNOWN,
      shopify.customer("create", { ...shopper, consent: { state: "subscribed", at: moment(1).at } }, moment(1)),
      sendgrid.event("unsubscribe", ADA, moment(20)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(false),
  });

  scenario("an older opt-in does not, though the identifier changed meanwhile", {
    sources: { clerk: {}, shopify: SYNC, sendgrid: SYNC },
    modes: ["email_and_id", "email"],
    webhooks: [
      shopify.customer("create", { ...shopper, consent: { state: "subscribed", at: moment(5).at } }, moment(0)),
      sendgrid.event("unsubscribe", ADA, moment(20)),
      clerk.user("created", user, moment(30)),
      shopify.customer("update", { ...shopper, consent: { state: "subscribed", at: moment(5).at } }, moment(40)),
    ],
    check: (outcome, setting) => {
      const person = theProfile(outcome, setting);
      if (outcome.conflicts.length === 0) expect(emailChannel(person)).toBe(false);
    },
  });

  scenario("a stranger's checkout opts nobody in", {
    sources: { clerk: {}, stripe: SYNC },
    webhooks: [...KNOWN, stripe.checkout("x", { email: ADA, isOptedIn: true }, moment(10))],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBeUndefined(),
  });

  scenario("a stranger's checkout lifts no opt-out", {
    sources: { clerk: {}, stripe: SYNC, sendgrid: SYNC },
    webhooks: [
      ...KNOWN,
      sendgrid.event("unsubscribe", ADA, moment(10)),
      stripe.checkout("x", { email: ADA, isOptedIn: true }, moment(20)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(false),
  });

  scenario("no opt-in lifts a complaint", {
    sources: { clerk: {}, shopify: SYNC, sendgrid: SYNC },
    webhooks: [
      ...KNOWN,
      shopify.customer("create", shopper, moment(1)),
      sendgrid.event("spamreport", ADA, moment(10)),
      shopify.customer("update", { ...shopper, consent: { state: "subscribed", at: moment(20).at } }, moment(20)),
    ],
    check: (outcome, setting) => expect(emailChannel(theProfile(outcome, setting))).toBe(false),
  });
});
