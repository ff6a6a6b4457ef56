/**
 * A shop's demand by law to erase a customer: what Customer.io is told, what the account forgets, and how the person may come back.
 */
import { describe, expect, test } from "vitest";
import type { Account } from "../../src/config/model.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { type PersonView, workspaceAfter } from "../model/customer-io.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { clerk, type Moment, shopify, shopifyRedacts } from "../support/vendors.ts";
import { acceptedBy, arrive, settle } from "./arrivals.ts";
import { operate } from "./operations.ts";
import { inObject, type Parts, START } from "./support.ts";

const HOUR = 3_600_000;

const ada = { id: "ada", email: "ada@example.com", name: "Ada" };
const user = { id: "user_ada", externalId: "u_1", email: "ada@example.com", firstName: "Ada" };

function moment(hour: number): Moment {
  return { at: START + hour * HOUR, key: `event-${hour}` };
}

function adapterOf(id: string): Adapter {
  const adapter = ADAPTERS.get(id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  return adapter;
}

function accountWith(redact: Account["redact"], identifiers: Account["identifiers"] = "email_and_id"): Account {
  return accountOf([sourceOf(adapterOf("clerk")), sourceOf(adapterOf("shopify"))], { redact, identifiers });
}

/** Lets an hour pass, and does all that is to be done. */
async function pass(parts: Parts): Promise<void> {
  await settle(parts);
  parts.now += HOUR;
}

/** A user who is a customer of the shop too, and opted out there; then the shop demands to erase the customer. */
async function redacted(parts: Parts): Promise<void> {
  await arrive(parts, clerk.user("created", user, moment(0)));
  await arrive(parts, shopify.customer("create", { ...ada, isVerified: true }, moment(0)));
  await pass(parts);
  await arrive(parts, shopify.consent(ada, "unsubscribed", moment(1)));
  await pass(parts);
  await arrive(parts, shopifyRedacts(ada, moment(2)));
  await pass(parts);
}

const gone = ({ deleted, suppressed }: PersonView): string => (suppressed ? "suppressed" : deleted ? "deleted" : "there");

describe("a shop's demand to erase a customer", () => {
  test.each([
    ["none", "there"],
    ["delete", "deleted"],
    ["suppress", "suppressed"],
  ] as const)("reaches Customer.io as redact = %j says: the person is %s", async (redact, end) => {
    await inObject(async (parts) => {
      parts.account = accountWith(redact);
      const calls = acceptedBy(parts);
      await redacted(parts);
      const { people, failures } = workspaceAfter(calls);
      expect(failures).toEqual([]);
      expect(people.map((person) => [person.id, gone(person)])).toEqual([["u_1", end]]);
      expect(parts.tools.erasures.status()).toMatchObject([
        { source: "shopify", customerio: redact, finishedAt: expect.any(Number), refused: 0 },
      ]);
      expect(calls.map(({ call }) => call)).toContainEqual(
        expect.objectContaining({ type: "track", event: "Contact Deleted", userId: "u_1" }),
      );
    });
  });

  test.each(["email", "id"] as const)(
    "reaches the person also where the workspace identifies people by %s",
    async (identifiers) => {
      await inObject(async (parts) => {
        parts.account = accountWith("delete", identifiers);
        const calls = acceptedBy(parts);
        await redacted(parts);
        const { people } = workspaceAfter(calls);
        expect(people.map((person) => [person.id ?? person.email, gone(person)])).toEqual([
          [identifiers === "id" ? "u_1" : ada.email, "deleted"],
        ]);
      });
    },
  );

  test("lets no later event of any source make the person anew", async () => {
    await inObject(async (parts) => {
      parts.account = accountWith("delete");
      const calls = acceptedBy(parts);
      await redacted(parts);
      const before = calls.length;
      await arrive(parts, clerk.signedIn(user.id, moment(3)), clerk.user("updated", user, moment(4)));
      await arrive(parts, shopify.customer("update", ada, moment(5)));
      await pass(parts);
      expect(calls).toHaveLength(before);
      expect(parts.balances()).toMatchObject({
        clerk: { ignored: 2, reasons: { deleted: 2 } },
        shopify: { reasons: { erased: 1 } },
      });
    });
  });

  test("deletes nobody because of an address that a guest typed", async () => {
    await inObject(async (parts) => {
      parts.account = accountWith("delete");
      const calls = acceptedBy(parts);
      await arrive(parts, clerk.user("created", user, moment(0)));
      await pass(parts);
      await arrive(parts, shopifyRedacts({ id: "stranger", email: user.email }, moment(1)));
      await pass(parts);
      expect(workspaceAfter(calls).people.map((person) => [person.id, gone(person)])).toEqual([["u_1", "there"]]);
      await arrive(parts, clerk.signedIn(user.id, moment(2)));
      await pass(parts);
      expect(parts.balances().clerk).toMatchObject({ ignored: 0 });
    });
  });

  test("makes no person of an unknown customer", async () => {
    await inObject(async (parts) => {
      parts.account = accountWith("delete");
      const calls = acceptedBy(parts);
      await arrive(parts, shopifyRedacts({ id: "stranger", email: null }, moment(0)));
      await pass(parts);
      expect(workspaceAfter(calls).people).toEqual([]);
      expect(parts.tools.erasures.isOpen()).toBe(false);
    });
  });
});

describe("a person who comes back", () => {
  test.each([{ userId: "u_1" }, { email: "ada@example.com" }])("by %o is known again, and stays opted out", async (name) => {
    await inObject(async (parts) => {
      parts.account = accountWith("delete");
      const calls = acceptedBy(parts);
      await redacted(parts);
      expect(await operate(parts, "people.explain", { name: "u_1" })).toMatchObject({
        profiles: expect.arrayContaining([
          expect.objectContaining({ name: "u_1", deleted: expect.objectContaining({ gone: true }) }),
        ]),
      });
      const lifted = await operate(parts, "erase.lift", name);
      expect(lifted.deletions).toBeGreaterThan(0);
      await arrive(parts, clerk.user("updated", user, moment(6)));
      await pass(parts);
      const living = workspaceAfter(calls).people.filter((person) => gone(person) === "there");
      expect(living).toMatchObject([{ id: "u_1", email: ada.email, attributes: { first_name: "Ada" } }]);
      expect(JSON.stringify(living[0]?.attributes)).toContain('"email":false');
    });
  });

  test("by the vendor's id is taken from that source again too", async () => {
    await inObject(async (parts) => {
      parts.account = accountWith("delete");
      const calls = acceptedBy(parts);
      await redacted(parts);
      const key = parts.tools.store.run("SELECT count(*) AS count FROM erased");
      expect(key).toEqual([{ count: 1 }]);
      const id = `shopify:customer:${/"id":(\d+)/.exec(shopify.customer("update", ada, moment(7)).body)?.[1]}`;
      expect(await operate(parts, "people.explain", { name: id })).toMatchObject({ erased: true });
      expect(await operate(parts, "erase.lift", { id })).toMatchObject({ identifiers: 1 });
      expect(await operate(parts, "people.explain", { name: id })).toMatchObject({ erased: false });
      await operate(parts, "erase.lift", { userId: "u_1" });
      const before = calls.length;
      await arrive(parts, shopify.customer("update", ada, moment(7)));
      await pass(parts);
      expect(calls.length).toBeGreaterThan(before);
    });
  });

  test("who was erased in all of the account comes back by any one of the identifiers, and nobody else does", async () => {
    await inObject(async (parts, reopen) => {
      parts.account = accountWith("delete");
      const bob = { id: "bob", email: "bob@example.com", name: "Bob" };
      await arrive(parts, clerk.user("created", user, moment(0)), shopify.customer("create", ada, moment(0)));
      await arrive(parts, shopify.customer("create", bob, moment(0)));
      await settle(parts);
      for (const email of [ada.email, bob.email]) {
        parts.tools.erasures.start({ email, customerio: "delete", compact: false }, parts.now);
        await expect(operate(parts, "erase.lift", { email })).rejects.toThrow("under way");
        await settle(parts);
      }
      expect((await operate(parts, "erase.lift", { userId: "u_1" })).identifiers).toBeGreaterThan(2);
      const later = reopen();
      later.account = parts.account;
      later.now = parts.now + HOUR;
      const calls = acceptedBy(later);
      await arrive(later, shopify.customer("update", ada, moment(2)), shopify.customer("update", bob, moment(2)));
      await settle(later);
      expect(workspaceAfter(calls).people.map(({ email }) => email)).toEqual([ada.email]);
      expect(await operate(later, "erase.lift", { userId: "u_1" })).toEqual({ identifiers: 0, deletions: 0 });
    });
  });

  test("is named by exactly one identifier", async () => {
    await inObject(async (parts) => {
      for (const wrong of [{}, { userId: "u_1", email: ada.email }, { email: "nobody" }, { id: "customer:1" }])
        await expect(operate(parts, "erase.lift", wrong)).rejects.toThrow("malformed");
    });
  });
});
