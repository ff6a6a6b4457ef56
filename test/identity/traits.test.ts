import { describe, expect, test } from "vitest";
import { consent, identify } from "../../src/contract/drafts.ts";
import { claimed, person, verified } from "../../src/contract/facts.ts";
import type { Resolution } from "../../src/identity/resolve.ts";
import { consentTraitsOf, traitsOf } from "../../src/identity/traits.ts";

const found = { email: "ada@example.com", trust: "verified", isKnown: true, anonymousIds: [] } as const;
const byUserId: Resolution = { ...found, identity: { userId: "u_1" }, userId: "u_1" };
const byEmail: Resolution = { ...found, identity: { userId: "ada@example.com" }, userId: null };
const owner = { source: "shop-de", ownsProfile: true };
const other = { source: "shop-de", ownsProfile: false };

const draft = (trust: "verified" | "claimed") =>
  identify(
    person({ email: trust === "verified" ? verified("ada@example.com") : claimed("ada@example.com"), phone: "+15550100" }),
    {
      first_name: "Ada",
      name: "",
      plan: "pro",
      tags: [],
      note: null,
    },
  );

describe("traits", () => {
  test("the owner of the profile writes core traits, and other traits under its name", () => {
    expect(traitsOf(draft("verified"), byUserId, owner)).toEqual({
      email: "ada@example.com",
      phone: "+15550100",
      first_name: "Ada",
      shop_de_plan: "pro",
    });
  });

  test("another source writes only traits under its name", () => {
    expect(traitsOf(draft("verified"), byUserId, other)).toEqual({
      shop_de_email: "ada@example.com",
      shop_de_phone: "+15550100",
      shop_de_first_name: "Ada",
      shop_de_plan: "pro",
    });
  });

  test("a claimed address never becomes the address of a person with a user id", () => {
    expect(traitsOf(draft("claimed"), byUserId, owner)).toMatchObject({ shop_de_email: "ada@example.com" });
    expect(traitsOf(draft("claimed"), byUserId, owner)).not.toHaveProperty("email");
  });

  test("a person identified by the address has it, claimed or verified", () => {
    expect(traitsOf(draft("claimed"), byEmail, other)).toMatchObject({ email: "ada@example.com" });
  });

  test("in an `email` workspace the user id is a trait", () => {
    expect(traitsOf(draft("claimed"), { ...byEmail, userId: "u_1" }, owner)).toMatchObject({ user_id: "u_1" });
  });

  test("empty values are left out, so they overwrite nothing", () => {
    expect(Object.keys(traitsOf(draft("verified"), byUserId, owner))).not.toContain("name");
  });
});

describe("consent", () => {
  const at = "2026-11-01T00:00:00.000Z";
  const who = person({ email: claimed("ada@example.com") });

  test("an opt-out also switches the channel off", () => {
    expect(consentTraitsOf(consent(who, { channel: "email", state: "unsubscribed", at }), "shop-de")).toEqual({
      shop_de_consent_email: "unsubscribed",
      shop_de_consent_email_at: at,
      "cio_subscription_preferences.channels.email": false,
    });
  });

  test.each(["subscribed", "pending"] as const)("%s switches nothing on", (state) => {
    expect(consentTraitsOf(consent(who, { channel: "sms", state, at }), "shop-de")).toEqual({
      shop_de_consent_sms: state,
      shop_de_consent_sms_at: at,
    });
  });

  test("an opt-out of one topic does not change the channel", () => {
    expect(
      consentTraitsOf(consent(who, { channel: "email", state: "unsubscribed", at, topic: "Weekly news" }), "shop-de"),
    ).toEqual({
      shop_de_consent_email_weekly_news: "unsubscribed",
      shop_de_consent_email_weekly_news_at: at,
    });
  });
});
