import { describe, expect, test } from "vitest";
import type { SourceOptions } from "../../src/config/model.ts";
import { type ConsentDraft, consent, type Draft, identify, type Properties } from "../../src/contract/drafts.ts";
import { claimed, type PersonInput, person, personId, verified } from "../../src/contract/facts.ts";
import { attributesOf, differenceOf } from "../../src/identity/attributes.ts";
import { type Book, openBook } from "../../src/identity/book.ts";
import { learn } from "../../src/identity/learn.ts";
import { type Identifiers, resolveSubject } from "../../src/identity/resolve.ts";
import { subjectOf } from "../../src/identity/subject.ts";
import { policyOf } from "../../src/translate/policy.ts";
import { recorded } from "../../src/translate/record.ts";
import { bulk } from "../account/support.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const ada = "ada@example.com";

/** What became of a person: facts of sources in the order in which they arrived. */
function people({
  identifiers = "email_and_id" as Identifiers,
  profileFrom = ["auth", "shop-de"],
  consent: mode = "opt_out" as SourceOptions["consent"],
} = {}) {
  const sources = ["auth", "shop-de", "forms"].map((name) => {
    const source = sourceOf(bulk, { name });
    return { ...source, options: { ...source.options, userIdFrom: ["user"], consent: mode } };
  });
  const account = accountOf(sources, { identifiers, profileFrom });
  const book: Book = openBook();
  return {
    /** @returns the person's attributes after it */
    say: (name: string, draft: Draft, at = NOON): Properties => {
      const source = sources.find((one) => one.name === name);
      if (source === undefined) throw new Error("there is no such source");
      const subject = subjectOf(draft.person, policyOf(source));
      learn(book, subject, { source: name, at });
      const resolution = resolveSubject(subject, identifiers, book);
      if (resolution === null) throw new Error("it names no person");
      book.setProfile(resolution.key, recorded(book.profile(resolution.key), draft, { source, account, resolution, at }));
      return attributesOf(resolution.key, book.profile(resolution.key), account, book);
    },
  };
}

const who = (how: "verified" | "claimed", input: PersonInput = {}) =>
  person({ email: how === "verified" ? verified(ada) : claimed(ada), ...input });
const user = (input: PersonInput = {}) => who("verified", { record: { user: "u_1" }, ...input });
const traits = (input: PersonInput, given: Properties) => identify(person(input), given);

describe("traits", () => {
  test("after the name of the source, the name of a trait stays as it is", () => {
    const { say } = people();
    const given = { companySize: 3, "Company Size": 4, プラン: "プロ", नाम: "Ada", CONSENT: true };
    expect(say("shop-de", identify(user(), given))).toEqual({
      email: ada,
      shop_de_companySize: 3,
      "shop_de_Company Size": 4,
      shop_de_プラン: "プロ",
      shop_de_नाम: "Ada",
      shop_de_CONSENT: true,
    });
  });

  const stated = { first_name: "Ada", name: "", plan: "pro", tags: [] as string[], note: null };

  test("the first owner of the profile who supplied a core trait writes it; other traits have the name of their source", () => {
    const { say } = people();
    expect(say("shop-de", identify(user({ phone: "+15550100", ids: [personId("customer", "c1")] }), stated))).toEqual({
      email: ada,
      phone: "+15550100",
      first_name: "Ada",
      shop_de_plan: "pro",
      shop_de_id: "c1",
    });
    // A source before it says one of them.
    expect(say("auth", identify(user(), { first_name: "Augusta" }), NOON - HOUR)).toMatchObject({
      first_name: "Augusta",
      shop_de_first_name: "Ada",
      phone: "+15550100",
    });
  });

  test("a source that is no owner writes only traits under its name", () => {
    const { say } = people({ profileFrom: ["auth"] });
    say("auth", identify(user(), {}));
    expect(say("shop-de", identify(user({ phone: "+15550100" }), stated))).toEqual({
      email: ada,
      shop_de_email: ada,
      shop_de_phone: "+15550100",
      shop_de_first_name: "Ada",
      shop_de_plan: "pro",
    });
  });

  test("the newest value counts, trait by trait; of the same time the smaller; a repeated value is newer", () => {
    const { say } = people();
    const plan = (value: string, at: number) => say("auth", identify(user(), { plan: value }), at).auth_plan;
    expect(plan("b", NOON)).toBe("b");
    expect(plan("b", NOON + 20)).toBe("b");
    expect(plan("c", NOON + 10)).toBe("b");
    expect(plan("a", NOON + 20)).toBe("a");
    expect(plan("c", NOON + 20)).toBe("a");
    expect(say("auth", identify(user(), { seats: 5 }), NOON - HOUR)).toMatchObject({ auth_plan: "a", auth_seats: 5 });
  });

  test("an explicit null or an empty list removes a trait, an empty text does not", () => {
    const { say } = people();
    const before = say("auth", identify(user(), { plan: "pro", tags: ["a"], name: "Ada" }));
    const after = say("auth", identify(user(), { plan: null, tags: [], name: "" }), NOON + HOUR);
    expect(after).toEqual({ email: ada, name: "Ada" });
    expect(differenceOf(before, after)).toEqual({ auth_plan: null, auth_tags: null });
    // Older than the removal.
    expect(say("auth", identify(user(), { plan: "free" }), NOON + 1)).not.toHaveProperty("auth_plan");
  });

  test("what was claimed writes no core trait of a person whom a verified fact made known, and removes none", () => {
    const { say } = people();
    say("shop-de", identify(user(), { name: "Ada", plan: "pro" }));
    const after = say(
      "shop-de",
      identify(who("claimed", { phone: "+15550199" }), { name: "Mallory", plan: "free" }),
      NOON + HOUR,
    );
    expect(after).toMatchObject({ name: "Ada", shop_de_plan: "free", shop_de_phone: "+15550199" });
    expect(after).not.toHaveProperty("phone");
  });

  test("a claimed address never becomes the address of a person with a user id", () => {
    const { say } = people();
    const after = say("shop-de", identify(who("claimed", { record: { user: "u_1" } }), {}));
    expect(after).toEqual({ shop_de_email: ada });
  });

  test("a person identified by the address has it, claimed or verified", () => {
    expect(people().say("forms", identify(who("claimed"), {}))).toEqual({ email: ada });
  });

  test("the address of a user is the newest of the first source that has a verified one", () => {
    const { say } = people();
    say("shop-de", traits({ record: { user: "u_1" }, email: verified("shop@example.com") }, {}), NOON + HOUR);
    expect(say("auth", identify(user(), {}))).toMatchObject({ email: ada, shop_de_email: "shop@example.com" });
    const changed = traits({ record: { user: "u_1" }, email: verified("new@example.com") }, {});
    expect(say("auth", changed, NOON + HOUR)).toMatchObject({ email: "new@example.com" });
    expect(say("auth", identify(user(), {}), NOON + 1)).toMatchObject({ email: "new@example.com" });
  });

  test("in an `email` workspace the user id is a trait", () => {
    expect(people({ identifiers: "email" }).say("auth", identify(user(), {}))).toEqual({ email: ada, user_id: "u_1" });
  });
});

describe("what is said", () => {
  test("is the difference: new values, and null for what is gone", () => {
    expect(differenceOf({ a: 1, b: ["x"], c: true }, { a: 1, b: ["y"], d: "new" })).toEqual({ b: ["y"], d: "new", c: null });
    expect(differenceOf({ a: { b: 1 } }, { a: { b: 1 } })).toEqual({});
  });
});

describe("consent", () => {
  const at = "2026-11-01T00:00:00.000Z";
  const later = "2026-11-02T00:00:00.000Z";
  const choose = (
    choice: Partial<Pick<ConsentDraft, "channel" | "state" | "at" | "topic" | "trust" | "because">>,
  ): ConsentDraft => consent(who("verified"), { channel: "email", state: "unsubscribed", at, ...choice });
  const channel = "cio_subscription_preferences.channels.email";

  test("an opt-out also switches the channel off", () => {
    expect(people().say("shop-de", choose({}))).toEqual({
      email: ada,
      shop_de_consent_email: "unsubscribed",
      shop_de_consent_email_at: at,
      [channel]: false,
    });
  });

  test("and does not where the operator wants traits alone", () => {
    expect(people({ consent: "trait" }).say("shop-de", choose({}))).not.toHaveProperty(channel);
  });

  test.each(["subscribed", "pending"] as const)("%s switches nothing on", (state) => {
    expect(people().say("shop-de", choose({ channel: "sms", state }))).toEqual({
      email: ada,
      shop_de_consent_sms: state,
      shop_de_consent_sms_at: at,
    });
  });

  test("an opt-out of one topic does not change the channel", () => {
    expect(people().say("shop-de", choose({ topic: "Weekly news" }))).toEqual({
      email: ada,
      shop_de_consent_email_weekly_news: "unsubscribed",
      shop_de_consent_email_weekly_news_at: at,
    });
  });

  test("a newer opt-in switches the channel on only where it is synchronised, verified, and lifts no complaint", () => {
    const optIn = (trust?: "verified" | "claimed") =>
      choose({ state: "subscribed", at: later, ...(trust === undefined ? {} : { trust }) });
    const stateAfter = (mode: SourceOptions["consent"], first: ConsentDraft, second: ConsentDraft): unknown => {
      const { say } = people({ consent: mode });
      say("shop-de", first);
      return say("shop-de", second, NOON + HOUR)[channel];
    };
    expect(stateAfter("sync", choose({}), optIn("verified"))).toBe(true);
    expect(stateAfter("sync", optIn("verified"), choose({}))).toBe(true);
    expect(stateAfter("opt_out", choose({}), optIn("verified"))).toBe(false);
    expect(stateAfter("sync", choose({}), optIn("claimed"))).toBe(false);
    expect(stateAfter("sync", choose({}), optIn())).toBe(false);
    expect(stateAfter("sync", choose({ because: "complaint" }), optIn("verified"))).toBe(false);
    expect(stateAfter("sync", optIn("verified"), choose({ at: "2026-11-03T00:00:00.000Z" }))).toBe(false);
    expect(stateAfter("sync", choose({ at: later }), optIn("verified"))).toBe(false);
  });

  test("an opt-out of one source holds against an opt-in of another", () => {
    const { say } = people({ consent: "sync" });
    say("forms", choose({ at: later }));
    expect(say("shop-de", choose({ state: "subscribed", trust: "verified" }))[channel]).toBe(false);
  });
});
