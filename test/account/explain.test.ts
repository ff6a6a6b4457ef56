/**
 * What an operator is told of a person: what the book knows, from which event, and where an event goes and why.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Adapter } from "../../src/contract/interface.ts";
import { openBook } from "../../src/identity/book.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { clerk, type Moment, numberFor, shopify, stripe } from "../support/vendors.ts";
import { arrive } from "./arrivals.ts";
import { operate } from "./operations.ts";
import { bulk, inObject, type Parts, START, webhookOf } from "./support.ts";

function adapterOf(id: string): Adapter {
  const adapter = ADAPTERS.get(id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  return adapter;
}

const stripeSource = sourceOf(adapterOf("stripe"));
const account = accountOf([
  sourceOf(adapterOf("clerk")),
  sourceOf(adapterOf("shopify")),
  { ...stripeSource, options: { ...stripeSource.options, userIdFrom: ["metadata.user_id"] } },
]);

const moment = (minute: number): Moment => ({ at: START + minute * 60_000, key: `event-${minute}` });

const user = { id: "user_ada", externalId: "u_1", email: "ada@example.com", firstName: "Ada" };

/** A user, who is a customer of the shop, opted out there, and has an order; and another person. */
async function taught(parts: Parts): Promise<void> {
  parts.account = account;
  parts.now = START + 3_600_000;
  await arrive(parts, clerk.user("created", user, moment(1)));
  await arrive(parts, shopify.customer("create", { id: "ada", email: user.email, name: "Adele" }, moment(2)));
  await arrive(parts, shopify.consent({ id: "ada", email: user.email }, "unsubscribed", moment(3)));
  await arrive(
    parts,
    shopify.order("o1", { customer: { id: "ada", email: user.email, name: "Adele" }, email: user.email }, moment(4)),
  );
  await arrive(parts, clerk.user("created", { id: "user_bob", externalId: "u_2", email: "bob@example.com" }, moment(5)));
  await parts.drain();
}

const shopper = `shopify:customer:${numberFor("ada")}`;
const order = `shopify:order:${numberFor("o1")}`;

describe("an explanation", () => {
  test.each([
    ["u_1", "user", "user_in_facts"],
    [user.email, "email", "user_of_address"],
    [" ADA@example.com ", "email", "user_of_address"],
    [shopper, "person", "user_of_address"],
    ["clerk:user:user_ada", "person", "user_of_id"],
    [order, "reference", "user_of_address"],
  ])("of %s says where an event goes, by which rule, and all that is known of the person", async (name, readAs, step) => {
    await inObject(async (parts) => {
      await taught(parts);
      const before = parts.rows();
      const found = await operate(parts, "people.explain", { name });
      expect(parts.rows()).toBe(before);
      expect(found).toMatchObject({
        name,
        readAs,
        goesTo: { step, identifier: "u_1", anonymous: false, known: true },
        erased: false,
        waiting: 0,
        incomplete: false,
        conflicts: [],
      });
      expect(found.ids.filter(({ role }) => role === "person").map(({ id }) => id)).toEqual(
        expect.arrayContaining([shopper, "clerk:user:user_ada"]),
      );
      expect(found.addresses).toMatchObject([
        {
          address: user.email,
          holder: "user",
          userId: "u_1",
          users: [{ userId: "u_1", by: expect.stringMatching(/^user\.created /) }],
        },
      ]);
      const [profile, ...others] = found.profiles;
      expect(others).toEqual([]);
      expect(profile).toMatchObject({
        name: "u_1",
        kind: "user",
        left: true,
        verified: true,
        optOuts: [{ channel: "email", at: moment(3).at, acts: true, final: false }],
      });
      expect(profile?.choices).toContainEqual({
        source: "shopify",
        channel: "email",
        topic: "",
        state: "unsubscribed",
        at: moment(3).at,
      });
      expect(profile?.traits).toContainEqual(
        expect.objectContaining({
          name: "first_name",
          value: "Ada",
          source: "clerk",
          origin: "clerk:user:user_ada",
          trusted: true,
        }),
      );
      expect(profile?.traits).toContainEqual(
        expect.objectContaining({ name: "first_name", value: "Adele", source: "shopify", origin: shopper }),
      );
      expect(profile?.attributes).toMatchObject({
        email: user.email,
        first_name: "Ada",
        shopify_first_name: "Adele",
        "cio_subscription_preferences.channels.email": false,
      });
      expect(JSON.stringify(found)).not.toMatch(/bob|u_2/);
    });
  });

  test("of an id names the event that taught where it leads", async () => {
    await inObject(async (parts) => {
      await taught(parts);
      const { ids } = await operate(parts, "people.explain", { name: "clerk:user:user_ada" });
      expect(ids.find(({ id }) => id === "clerk:user:user_ada")).toMatchObject({
        user: { to: "u_1", trust: "verified", at: moment(1).at, by: expect.stringMatching(/^user\.created /) },
      });
    });
  });

  test("of an unknown person says that it is anonymous, what waits, and what is kept", async () => {
    await inObject(async (parts) => {
      parts.account = accountOf([sourceOf(bulk)]);
      parts.hold = 60_000;
      await parts.accept(webhookOf([{ id: "1", type: "happened", who: "zoe" }]));
      await parts.run();
      expect(await operate(parts, "people.explain", { name: "bulk:customer:zoe" })).toMatchObject({
        readAs: "person",
        goesTo: { step: "anonymous", identifier: "bulk:customer:zoe", anonymous: true, known: false },
        waiting: 1,
      });
      parts.now = START + 60_000;
      await parts.drain();
      const { profiles, waiting } = await operate(parts, "people.explain", { name: "bulk:customer:zoe" });
      expect(waiting).toBe(0);
      expect(parts.balances().bulk).toMatchObject({ delivered: 1, anonymous: 1 });
      expect(profiles).toMatchObject([{ kind: "anonymous", left: true, attributes: {} }]);
      // What was typed nowhere leads nowhere.
      expect(await operate(parts, "people.explain", { name: "bulk:order:9" })).toMatchObject({ ids: [], profiles: [] });
    });
  });

  test("follows no address that was only typed to another person", async () => {
    await inObject(async (parts) => {
      await taught(parts);
      await arrive(parts, stripe.checkout("s1", { email: user.email, name: "Eve" }, moment(6)));
      await arrive(parts, stripe.customer("created", { id: "eve", email: "eve@example.com", userId: "u_3" }, moment(7)));
      await parts.drain();
      const found = await operate(parts, "people.explain", { name: "u_3" });
      expect(found.profiles.map(({ name }) => name)).toEqual(["u_3"]);
      expect(JSON.stringify(found)).not.toMatch(/u_1|ada@/);
    });
  });

  test("of a shared address says that it leads to nobody, and names who has it", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      parts.now = START + 3_600_000;
      for (const [minute, id] of ["u_1", "u_2"].entries())
        await arrive(
          parts,
          clerk.user("created", { id: `user_${id}`, externalId: id, email: "info@example.com" }, moment(minute)),
        );
      await parts.drain();
      expect(await operate(parts, "people.explain", { name: "info@example.com" })).toMatchObject({
        goesTo: { step: "anonymous", anonymous: true },
        addresses: [{ holder: "shared", userId: null, users: [{ userId: "u_2" }, { userId: "u_1" }] }],
      });
    });
  });

  test("of a user id that looks like a vendor's id takes what the book knows", async () => {
    await inObject(async (parts) => {
      parts.account = account;
      parts.now = START + 3_600_000;
      await arrive(parts, clerk.user("created", { ...user, externalId: "app:user:7" }, moment(1)));
      await parts.drain();
      expect(await operate(parts, "people.explain", { name: "app:user:7" })).toMatchObject({
        readAs: "user",
        goesTo: { step: "user_in_facts", identifier: "app:user:7" },
      });
    });
  });

  test("names conflicts, and the people who exist apart", async () => {
    await inObject(async (parts) => {
      await taught(parts);
      const conflict = { keep: ":user:u_1", fold: ":email:old@example.com", reason: "address_changed" as const, at: START };
      parts.tools.store.transaction(() => parts.tools.conflicts.add(conflict, START));
      expect(await operate(parts, "people.explain", { name: "u_1" })).toMatchObject({
        conflicts: [{ number: 1, state: "open", fold: "old@example.com" }],
      });
    });
  });

  test("knows the former address that Customer.io still has of a user, unless it is another one's by now", async () => {
    for (const [users, known] of [
      [[], ["former@example.com", "present@example.com"]],
      [[["u_2", START] as const], ["present@example.com"]],
    ] as const)
      await inObject(async (parts) => {
        parts.account = account;
        const rows = openBook();
        rows.setProfile(":user:u_1", {
          left: true,
          addresses: { clerk: ["present@example.com", START] },
          kept: "former@example.com",
        });
        rows.setProfile(":user:u_2", { left: true });
        rows.setAddress("present@example.com", { since: START, users: [["u_1", START]], decided: null, isCrowd: false });
        rows.setAddress("former@example.com", { since: START, users: [...users], decided: null, isCrowd: false });
        parts.tools.book.write(rows.changes(), START);
        const found = z
          .looseObject({ addresses: z.array(z.looseObject({ address: z.string() })) })
          .parse(await operate(parts, "people.explain", { name: "u_1" }));
        expect(found.addresses.map(({ address }) => address).toSorted()).toEqual(known);
      });
  });

  test("of nothing is refused", async () => {
    await inObject(async (parts) => {
      for (const name of ["", "x".repeat(501)])
        await expect(operate(parts, "people.explain", { name })).rejects.toThrow("malformed");
    });
  });
});
