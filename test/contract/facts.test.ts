/**
 * What adapters say about people: how far an address is trusted, who was merged, what was chosen, and what the vendor says is gone.
 */
import { describe, expect, test } from "vitest";
import { backed, firstItem, firstStated, onlyAddress, person, pick, told } from "../../src/contract/adapter.ts";
import type { ConsentDraft, Draft, IdentifyDraft } from "../../src/contract/drafts.ts";
import { configured } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";

const ADA = "ada@example.com";
const NOW = "2026-11-23T12:00:00.000Z";

/** The drafts of one vendor event with this data. */
function draftsOf(id: string, type: string, data: object): readonly Draft[] {
  const adapter = ADAPTERS.get(id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  const mapped = configured(adapter).map({ id: "1", type, occurredAt: NOW, test: false, data });
  if (mapped.kind !== "drafts") throw new Error(`${type}: ${JSON.stringify(mapped)}`);
  return mapped.drafts;
}

function choicesOf(id: string, type: string, data: object) {
  const isChoice = (draft: Draft): draft is ConsentDraft => draft.kind === "consent";
  return draftsOf(id, type, data)
    .filter(isChoice)
    .map(({ kind: _, person: __, ...choice }) => choice);
}

function identifiedIn(id: string, type: string, data: object): IdentifyDraft {
  const found = draftsOf(id, type, data).find((draft) => draft.kind === "identify");
  if (found?.kind !== "identify") throw new Error(`${id} ${type} identifies nobody`);
  return found;
}

const clerkUser = (status: string) => ({
  object: "user",
  id: "c",
  email_addresses: [{ id: "e", email_address: ADA, verification: { status } }],
});

describe("an address", () => {
  test.each([
    ["clerk", "user.updated", clerkUser("verified"), "verified"],
    ["clerk", "user.updated", clerkUser("unverified"), "claimed"],
    ["workos", "user.updated", { object: "user", id: "w", email: ADA, email_verified: false }, "claimed"],
    ["workos", "password_reset.succeeded", { user_id: "w", email: ADA }, "verified"],
    ["kinde", "user.updated", { user: { id: "k", email: ADA } }, "verified"],
    ["auth0", "sce", { user_id: "auth0|a", user_name: ADA }, "verified"],
    ["auth0", "sce", { user_id: "", user_name: ADA }, "claimed"],
    ["segment", "identify", { type: "identify", messageId: "m", userId: "u", traits: { email: ADA } }, "verified"],
    ["intercom", "contact.user.updated", { id: "i", role: "user", email: ADA }, "verified"],
    ["intercom", "contact.lead.updated", { id: "i", role: "lead", email: ADA }, "claimed"],
    ["zendesk", "user.created", { id: "z", role: "end-user", email: ADA }, "with_user_id"],
    ["supabase", "INSERT", { schema: "auth", table: "users", before: {}, record: { id: "s", email: ADA } }, "verified"],
    ["supabase", "INSERT", { schema: "public", table: "notes", before: {}, record: { id: "s", email: ADA } }, "claimed"],
    ["stripe", "customer.updated", { object: "customer", id: "cus_1", email: ADA }, "with_user_id"],
    ["stripe", "invoice.paid", { id: "in_1", customer: "cus_1", customer_email: ADA, amount_paid: 100 }, "claimed"],
    ["stripe", "checkout.session.completed", { id: "cs_1", mode: "setup", customer_details: { email: ADA } }, "claimed"],
    ["hubspot", "contact.propertyChange", { objectId: "1", propertyName: "email", propertyValue: ADA }, "claimed"],
    ["sendgrid", "click", { email: ADA, event: "click" }, "with_user_id"],
  ])("of %s, %s", (id, type, data, trust) => {
    expect(draftsOf(id, type, data).map(({ person: who }) => who.email)).toContainEqual({ value: ADA, trust });
  });

  test("is the company's word only beside the company's user id", () => {
    expect(person({ email: backed(ADA) }).email).toEqual({ value: ADA, trust: "with_user_id" });
  });
});

describe("the user directories", () => {
  test("are the vendors of sign-ins", () => {
    const directories = [...ADAPTERS.values()].filter(({ isUserDirectory }) => isUserDirectory).map(({ id }) => id);
    expect(directories.toSorted()).toEqual(["auth0", "clerk", "kinde", "stytch", "supabase", "workos"]);
  });

  test("and few others name user ids without being told where", () => {
    const named = [...ADAPTERS.values()].filter(({ userIdFrom }) => userIdFrom.length > 0).map(({ id }) => id);
    expect(named.toSorted()).toEqual(
      [
        ...["auth0", "clerk", "customer-io", "intercom", "kinde", "revenuecat", "segment", "supabase", "workos", "zendesk"],
        ...["adapty", "amplitude", "appsflyer", "posthog", "rudderstack", "stytch", "superwall"],
        // What these call so is the id that the sender's own system gave.
        ...["adyen", "discourse", "dub", "orb"],
      ].toSorted(),
    );
  });
});

describe("a merge", () => {
  const formerOf = (id: string, type: string, data: object) =>
    draftsOf(id, type, data).flatMap(({ person: { merged = [] } }) => merged.map((one) => one.id));

  test.each([
    ["hubspot", "contact.merge", { objectId: 3, primaryObjectId: 1, mergedObjectIds: [1, 2], newObjectId: 3 }, ["1", "1", "2"]],
    [
      "shopify",
      "customers/merge",
      {
        admin_graphql_api_customer_kept_id: "gid://shopify/Customer/1",
        admin_graphql_api_customer_deleted_id: "gid://shopify/Customer/2",
        status: "COMPLETED",
      },
      ["2"],
    ],
    ["segment", "alias", { type: "alias", messageId: "m", userId: "u", previousId: "v" }, ["v"]],
    [
      "square",
      "customer.created",
      { customer: { id: "3" }, event_context: { merge: { from_customer_ids: ["1", "2"] } } },
      ["1", "2", "1", "2"],
    ],
    ["revenuecat", "TRANSFER", { transferred_from: ["$RCAnonymousID:1", "u_2"], transferred_to: ["u_1"] }, ["$RCAnonymousID:1"]],
  ])("of %s", (id, type, data, former) => expect(formerOf(id, type, data)).toEqual(former));

  test("of Segment may name a user id, or an address that was one", () => {
    const alias = (previousId: string) =>
      identifiedIn("segment", "alias", { type: "alias", messageId: "m", userId: "u", previousId });
    expect(alias("u_0").person).toMatchObject({ mergedUserIds: ["u_0"] });
    expect(alias(ADA).person.email).toEqual({ value: ADA, trust: "verified" });
  });

  test("of Shopify that failed merges nobody", () => {
    const gid = (id: number) => `gid://shopify/Customer/${id}`;
    const failed = {
      admin_graphql_api_customer_kept_id: gid(1),
      admin_graphql_api_customer_deleted_id: gid(2),
      status: "failed",
    };
    expect(() => draftsOf("shopify", "customers/merge", failed)).toThrow("not completed");
  });
});

describe("a choice", () => {
  const mail = (type: string, data: object) => choicesOf("sendgrid", type, { event: type, email: ADA, ...data });
  const optOut = { channel: "email", state: "unsubscribed", at: NOW };

  test("that no opt-in lifts", () => {
    expect(mail("spamreport", {})).toEqual([{ ...optOut, because: "complaint" }]);
    expect(mail("bounce", { type: "bounce", bounce_classification: "Invalid Address" })).toEqual([
      { ...optOut, because: "hard_bounce" },
    ]);
    expect(mail("bounce", { type: "blocked" })).toEqual([]);
    expect(mail("bounce", { type: "bounce", bounce_classification: "Reputation" })).toEqual([]);
    expect(mail("dropped", { reason: "Bounced Address" })).toEqual([{ ...optOut, because: "hard_bounce" }]);
    expect(mail("dropped", { reason: "Unsubscribed Address" })).toEqual([]);
    expect(choicesOf("mailgun", "complained", { recipient: ADA })).toEqual([{ ...optOut, because: "complaint" }]);
    const failed = { recipient: ADA, severity: "permanent", reason: "bounce" };
    expect(choicesOf("mailgun", "failed", failed)).toEqual([{ ...optOut, because: "hard_bounce" }]);
    expect(choicesOf("mailgun", "failed", { ...failed, severity: "temporary" })).toEqual([]);
    expect(choicesOf("customer-io", "email.spammed", { identifiers: { email: ADA } })).toEqual([
      { ...optOut, because: "complaint" },
    ]);
    const bounced = { objectId: "1", propertyName: "hs_email_hard_bounce_reason_enum", propertyValue: "UNKNOWN_USER" };
    expect(choicesOf("hubspot", "contact.propertyChange", bounced)).toEqual([{ ...optOut, because: "hard_bounce" }]);
    const contact = { id: "i", role: "user", email: ADA, has_hard_bounced: true };
    expect(choicesOf("intercom", "contact.user.updated", contact)).toEqual([{ ...optOut, because: "hard_bounce" }]);
  });

  test("of a group is about that group", () => {
    expect(mail("group_resubscribe", { asm_group_id: 7 })).toEqual([
      { channel: "email", state: "subscribed", at: NOW, topic: "7" },
    ]);
  });

  test("of a customer's own account is theirs, and counts from when they made it", () => {
    const made = { state: "subscribed", consent_updated_at: "2026-11-01T08:00:00Z" };
    const customer = { id: 1, state: "enabled", email: ADA, verified_email: true, email_marketing_consent: made };
    const choice = { channel: "email", state: "subscribed", at: "2026-11-01T08:00:00.000Z" };
    expect(choicesOf("shopify", "customers/update", customer)).toEqual([{ ...choice, trust: "verified" }]);
    const order = { id: 2, order_number: 1001, email: ADA, customer, line_items: [] };
    expect(choicesOf("shopify", "orders/create", order)).toEqual([choice]);
  });

  test("of whoever pays is a claim", () => {
    const session = { id: "cs_1", mode: "setup", customer_details: { email: ADA }, consent: { promotions: "opt_in" } };
    expect(choicesOf("stripe", "checkout.session.completed", session)).toEqual([
      { channel: "email", state: "subscribed", at: NOW },
    ]);
  });
});

describe("what the vendor says is gone", () => {
  test("is null, and what it leaves out is not", () => {
    const { person: who, traits } = identifiedIn("stripe", "customer.updated", {
      object: "customer",
      id: "cus_1",
      name: null,
      phone: null,
      address: null,
      preferred_locales: [],
    });
    expect(who.phone).toBeNull();
    expect(traits).toMatchObject({ name: null, address_city: null, locale: null });
    expect(traits.currency).toBeUndefined();
    const { person: silent, traits: rest } = identifiedIn("stripe", "customer.updated", { object: "customer", id: "cus_1" });
    expect(silent).not.toHaveProperty("phone");
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([]);
  });

  test("is null in a list that is empty", () => {
    expect(identifiedIn("clerk", "user.updated", { ...clerkUser("verified"), phone_numbers: [] }).person.phone).toBeNull();
    expect(identifiedIn("clerk", "user.updated", clerkUser("verified")).person).not.toHaveProperty("phone");
  });

  test("is null in traits of the company's own making", () => {
    const identify = { type: "identify", messageId: "m", userId: "u", traits: { plan: null, seats: [] } };
    expect(identifiedIn("segment", "identify", identify).traits).toMatchObject({ plan: null, seats: [] });
  });

  test("is a property of HubSpot that was cleared", () => {
    const cleared = (propertyName: string) =>
      identifiedIn("hubspot", "contact.propertyChange", { objectId: "1", propertyName, propertyValue: "" });
    expect(cleared("firstname").traits).toEqual({ first_name: null });
    expect(cleared("phone").person.phone).toBeNull();
  });

  test("is nothing that was left open at a checkout", () => {
    const session = { id: "cs_1", mode: "setup", customer_details: { email: ADA, name: null, phone: null } };
    const guest = identifiedIn("stripe", "checkout.session.completed", session);
    expect(guest.traits).not.toHaveProperty("name");
    expect(guest.person).not.toHaveProperty("phone");
  });

  test("is told from what is left out", () => {
    expect([firstStated(null, "a"), firstStated(undefined, null), firstStated(undefined, ""), firstStated()]).toEqual([
      "a",
      null,
      undefined,
      undefined,
    ]);
    expect([firstItem([1, 2]), firstItem([]), firstItem(null), firstItem(undefined)]).toEqual([1, null, null, undefined]);
    const gone: { readonly city: string } | null = null;
    expect(pick<{ readonly city: string }, "city">(gone, "city")).toEqual({ city: null });
    expect(told({ city: null, name: "Ada" })).toEqual({ name: "Ada" });
  });
});

describe("the address in a form", () => {
  test.each([
    [["Zoé", ADA], ADA],
    [[ADA, " Ada@Example.com "], "Ada@Example.com"],
    [[ADA, "eve@example.com"], undefined],
    [["mail me at ada@example.com", null, undefined, ""], undefined],
  ])("%j", (answers, address) => expect(onlyAddress(answers)).toBe(address));

  test("is found under a question in any language, and by the question where there are several", () => {
    const emailIn = (...answers: readonly (readonly [question: string, answer: string])[]) =>
      draftsOf("calendly", "routing_form_submission.created", {
        uri: "https://api.calendly.com/routing_form_submissions/S1",
        questions_and_answers: answers.map(([question, answer]) => ({ question, answer })),
      })[0]?.person.email?.value;
    expect(emailIn(["Nom", "Zoé"], ["Adresse électronique", "zoe@example.fr"])).toBe("zoe@example.fr");
    expect(emailIn(["E-mail", ADA], ["Your manager", "eve@example.com"])).toBe(ADA);
    expect(emailIn(["Vous", ADA], ["Votre chef", "eve@example.com"])).toBeUndefined();
  });
});
