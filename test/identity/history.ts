/**
 * Random histories: what real people do at many vendors, and in which order the vendors' webhooks arrive. The generator knows who is who.
 *
 * What it leaves out, and why:
 * - An address that a visitor typed is that of the person, or that of another one who has no id in the same webhook. A vendor's record with
 *   one typed address now and another later says two things of which neither is proven; what it led to before has left.
 * - An address that two users have, or a user and the one who was made anew with it, leads to nobody once that is known, and to the first of
 *   them before: an event that has left cannot be moved. Such events are in the histories and may be with either or with nobody, but never
 *   with a third person; nothing else is asked of them.
 * - Whether an event of SendGrid arrives depends on whether its recipient is known by then (`people = "known"`); its opt-outs always count.
 * - In an `email` workspace two users with one address are one profile, whatever is sent: of them nothing is asked there.
 * - Vendors without a time in the body (Supabase, Shopify's merges): their facts are as old as their arrival, so the order of arrival decides.
 * - After a deletion other vendors still tell of the person by their own ids, but nobody types the address again: whether that is a new
 *   person or the old one is nobody's knowledge.
 * - Everything arrives within days: Customer.io merges anonymous events for 30.
 */
import fc from "fast-check";
import type { Identifiers } from "../../src/config/model.ts";
import type { AccountSettings } from "../support/memory-account.ts";
import { START } from "../support/memory-account.ts";
import * as vendors from "../support/vendors.ts";

/** What a person does, or what is done to them. */
const ACTIONS = [
  "sign up or edit the profile",
  "sign in",
  "change the address",
  "delete the account",
  "make a new account",
  "become a Stripe customer",
  "get an invoice",
  "pay and dispute",
  "become a shop customer",
  "order",
  "return the order",
  "receive the order",
  "opt out at the shop",
  "opt in at the shop",
  "unsubscribe from a mail",
  "report spam",
  "leave a mail group",
  "join a mail group",
  "click in a mail",
  "opt out in Intercom",
  "opt out in HubSpot",
  "become an Intercom user",
  "chat",
  "become a Zendesk user",
  "ask for help",
  "become a HubSpot contact",
  "become a customer in HubSpot",
  "be merged in HubSpot",
  "fill in a form",
  "book a meeting",
  "type another's address",
  "browse",
  "use the app",
  "be aliased in Segment",
  "buy in the app anonymously",
  "buy in the app",
  "have purchases transferred",
] as const;

type Action = (typeof ACTIONS)[number];

/** An action, and how its webhooks travel. */
interface Deed {
  readonly person: number;
  readonly action: Action;
  /** Seconds since the deed before. */
  readonly gap: number;
  /** Seconds until its webhooks arrive, in each of two worlds. */
  readonly delays: readonly [number, number];
  readonly isTwice: boolean;
  /** Whether the round after its arrival is lost and done again. */
  readonly isCrash: boolean;
  /** Chooses among values. */
  readonly variant: number;
}

/** A history before it is told. */
export interface Plot {
  readonly identifiers: Identifiers;
  /** Seconds, in each of two worlds. */
  readonly holds: readonly [number, number];
  readonly merge: "ask" | "auto";
  readonly consent: "opt_out" | "sync";
  readonly onDelete: "event" | "delete";
  /** Whether the workspace lets a person's address change. */
  readonly mayChangeEmail: boolean;
  /** Whether the second person has the first one's address. */
  readonly isShared: boolean;
  /** Who of them has an account with the company, or only leaves addresses. */
  readonly users: readonly boolean[];
  readonly deeds: readonly Deed[];
}

const seconds = fc.constantFrom(0, 0, 1, 5, 20, 50, 70, 600, 7_200, 90_000);

const deed = fc.record({
  person: fc.nat(2),
  action: fc.constantFrom(...ACTIONS),
  gap: fc.constantFrom(1, 1, 10, 300, 20_000),
  delays: fc.tuple(seconds, seconds),
  isTwice: fc.boolean(),
  isCrash: fc.boolean(),
  variant: fc.nat(3),
});

/** Any history. */
export const plots: fc.Arbitrary<Plot> = fc.record({
  identifiers: fc.constantFrom("email_and_id", "email_and_id", "id", "email"),
  holds: fc.tuple(fc.constantFrom(0, 60), fc.constantFrom(0, 60)),
  merge: fc.constantFrom("ask", "auto"),
  consent: fc.constantFrom("opt_out", "sync"),
  onDelete: fc.constantFrom("event", "delete"),
  mayChangeEmail: fc.boolean(),
  isShared: fc.integer({ min: 0, max: 4 }).map((one) => one === 4),
  users: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  deeds: fc.array(deed, { minLength: 1, maxLength: 20, size: "max" }),
});

/** A choice about e-mail as a whole. */
export interface Choice {
  readonly kind: "opt_out" | "complaint" | "opt_in";
  readonly at: number;
}

/** A webhook, and what it says about which party. */
export interface Telling {
  readonly webhook: vendors.Webhook;
  /** When it happened, milliseconds since 1970. No two happen in the same second. */
  readonly at: number;
  /** `<source>@<second>`, the second since the beginning. */
  readonly name: string;
  /** The vendor's own ids and references. */
  readonly ids: readonly string[];
  readonly userId: string | null;
  readonly address: string | null;
  /** Whether the vendor, or the company's own code, states the address. */
  readonly isVerified: boolean;
  /** Whether it becomes an event, beside traits. */
  readonly isEvent: boolean;
  readonly choice: Choice | null;
  /** The user that it deletes. */
  readonly deletes: string | null;
  /** Places in the deeds, for arrival. */
  readonly deed: number;
}

/** A history: what happened, and the account that hears of it. */
export interface History {
  readonly plot: Plot;
  readonly settings: AccountSettings;
  readonly tellings: readonly Telling[];
}

/** The second from which names of events count, milliseconds since 1970. */
export const BEGINNING = START;

/** Owners of core traits, first to last. */
export const PROFILE_FROM = ["clerk", "stripe", "shopify", "segment", "intercom", "zendesk", "revenuecat", "hubspot"] as const;

interface Character {
  readonly name: string;
  readonly mayBeUser: boolean;
  /** Made anew so often. */
  generation: number;
  isUser: boolean;
  isDeleted: boolean;
  /** How often the address has changed. */
  moves: number;
  readonly has: Set<string>;
  orders: number;
  payments: number;
}

/** What happens, told by the vendors. */
export function historyOf(plot: Plot): History {
  const tellings: Telling[] = [];
  let at = BEGINNING;
  const people = ["ada", "bob", "eve"].map(
    (name, index): Character => ({
      name,
      mayBeUser: plot.users[index] ?? false,
      generation: 0,
      isUser: false,
      isDeleted: false,
      moves: 0,
      has: new Set(),
      orders: 0,
      payments: 0,
    }),
  );

  for (const [index, { person, action, gap, variant }] of plot.deeds.entries()) {
    const who = people[person];
    const other = people[(person + 1) % people.length];
    if (who === undefined || other === undefined) continue;
    at += gap * 1000;
    const tell = (source: string, make: (moment: vendors.Moment) => vendors.Webhook, said: Partial<Telling> = {}): void => {
      const name = `${source}@${(at - BEGINNING) / 1000}`;
      const webhook = make({ at, key: `k${(at - BEGINNING) / 1000}` });
      tellings.push({
        webhook,
        at,
        name,
        ids: [],
        userId: null,
        address: null,
        isVerified: false,
        isEvent: false,
        choice: null,
        deletes: null,
        deed: index,
        ...said,
      });
      at += 1000;
    };
    act(plot, action, variant, who, other, () => at, tell);
  }
  return { plot, settings: settingsOf(plot), tellings };
}

type Tell = (source: string, make: (moment: vendors.Moment) => vendors.Webhook, said?: Partial<Telling>) => void;

const NAMES = ["Ada", "Augusta", "Countess", "A."];

/** The address that a person has now. */
function addressOf(plot: Plot, { name, moves }: Character): string {
  const holder = plot.isShared && name === "bob" && moves === 0 ? "ada" : name;
  return `${holder}${moves === 0 ? "" : moves}@example.com`;
}

/** What must have happened before: the person must be known to the vendor. */
const NEEDS: Readonly<Partial<Record<Action, Action>>> = {
  "sign in": "sign up or edit the profile",
  "change the address": "sign up or edit the profile",
  "delete the account": "sign up or edit the profile",
  "become an Intercom user": "sign up or edit the profile",
  "become a Zendesk user": "sign up or edit the profile",
  "opt out in Intercom": "sign up or edit the profile",
  "use the app": "sign up or edit the profile",
  "be aliased in Segment": "sign up or edit the profile",
  "buy in the app": "sign up or edit the profile",
  "have purchases transferred": "sign up or edit the profile",
  "get an invoice": "become a Stripe customer",
  "return the order": "order",
  "receive the order": "order",
  "opt out at the shop": "become a shop customer",
  "opt in at the shop": "become a shop customer",
  "opt out in HubSpot": "become a HubSpot contact",
  "become a customer in HubSpot": "become a HubSpot contact",
  "be merged in HubSpot": "become a HubSpot contact",
  chat: "become an Intercom user",
  "ask for help": "become a Zendesk user",
};

function hasDone(need: Action, { isUser, has, orders }: Character): boolean {
  switch (need) {
    case "sign up or edit the profile":
      return isUser;
    case "become a Stripe customer":
      return has.has("stripe");
    case "order":
      return orders > 0;
    case "become a shop customer":
      return has.has("shopify");
    case "become a HubSpot contact":
      return has.has("hubspot");
    case "become an Intercom user":
      return has.has("intercom");
    default:
      return has.has("zendesk");
  }
}

function act(plot: Plot, action: Action, variant: number, who: Character, other: Character, now: () => number, tell: Tell): void {
  const need = NEEDS[action];
  if (need !== undefined && !who.isDeleted && !hasDone(need, who)) act(plot, need, variant, who, other, now, tell);
  const own = `${who.name}${who.generation === 0 ? "" : who.generation}`;
  const userId = who.isUser ? `u_${own}` : null;
  const address = addressOf(plot, who);
  const byUser = { userId, address, isVerified: true };
  const clerkId = `clerk:${own}`;
  const firstName = NAMES[variant] ?? "Ada";
  // Of a deleted person only vendors that know them by an id of their own still tell.
  const afterwards: readonly Action[] = ["make a new account", "get an invoice", "ask for help"];
  if (who.isDeleted && !afterwards.includes(action)) return;
  switch (action) {
    case "sign up or edit the profile": {
      if (!who.mayBeUser) return;
      const type = who.isUser ? "updated" : "created";
      const isEvent = !who.isUser;
      who.isUser = true;
      const user = { id: own, externalId: `u_${own}`, email: address, firstName };
      tell("clerk", (moment) => vendors.clerk.user(type, user, moment), {
        ids: [clerkId],
        userId: `u_${own}`,
        address,
        isVerified: true,
        isEvent,
      });
      return;
    }
    case "sign in":
      if (userId !== null) tell("clerk", (moment) => vendors.clerk.signedIn(own, moment), { ids: [clerkId], isEvent: true });
      return;
    case "change the address": {
      if (userId === null) return;
      who.moves += 1;
      const email = addressOf(plot, who);
      tell("clerk", (moment) => vendors.clerk.user("updated", { id: own, externalId: userId, email, firstName }, moment), {
        ids: [clerkId],
        userId,
        address: email,
        isVerified: true,
      });
      return;
    }
    case "delete the account":
      if (userId === null) return;
      who.isDeleted = true;
      tell("clerk", (moment) => vendors.clerk.deleted(own, moment), { ids: [clerkId], isEvent: true, deletes: userId });
      return;
    case "make a new account": {
      if (!who.isDeleted) return;
      who.generation += 1;
      who.isDeleted = false;
      who.orders = 0;
      who.has.clear();
      const anew = `${who.name}${who.generation}`;
      const user = { id: anew, externalId: `u_${anew}`, email: address, firstName };
      tell("clerk", (moment) => vendors.clerk.user("created", user, moment), {
        ids: [`clerk:${anew}`],
        userId: `u_${anew}`,
        address,
        isVerified: true,
        isEvent: true,
      });
      return;
    }
    case "become a Stripe customer": {
      const type = who.has.has("stripe") ? "updated" : "created";
      const isEvent = !who.has.has("stripe");
      who.has.add("stripe");
      const customer = { id: own, email: address, userId, name: firstName };
      tell("stripe", (moment) => vendors.stripe.customer(type, customer, moment), {
        ids: [`stripe:${own}`],
        userId,
        address,
        isVerified: userId !== null,
        isEvent,
      });
      return;
    }
    case "get an invoice":
      if (who.has.has("stripe"))
        tell("stripe", (moment) => vendors.stripe.invoicePaid(own, moment), { ids: [`stripe:${own}`], isEvent: true });
      return;
    case "pay and dispute": {
      who.payments += 1;
      const payment = `${own}-${who.payments}`;
      const customer = who.has.has("stripe") ? own : null;
      const payer = { customer, email: customer === null ? address : null };
      tell("stripe", (moment) => vendors.stripe.paid(payment, payer, moment), {
        ids: [`stripe:payment:${payment}`, ...(customer === null ? [] : [`stripe:${own}`])],
        address: payer.email,
        isEvent: true,
      });
      tell("stripe", (moment) => vendors.stripe.disputed(payment, moment), {
        ids: [`stripe:payment:${payment}`],
        isEvent: true,
      });
      return;
    }
    case "become a shop customer": {
      const type = who.has.has("shopify") ? "update" : "create";
      const isEvent = !who.has.has("shopify");
      who.has.add("shopify");
      const customer = { id: own, email: address, name: firstName, phone: `+1202555010${variant}` };
      tell("shopify", (moment) => vendors.shopify.customer(type, customer, moment), {
        ids: [`shopify:${own}`],
        address,
        isVerified: true,
        isEvent,
      });
      return;
    }
    case "order": {
      who.orders += 1;
      const order = `${own}-${who.orders}`;
      const customer = who.has.has("shopify") ? { id: own, email: address } : null;
      tell("shopify", (moment) => vendors.shopify.order(order, { customer, email: address }, moment), {
        ids: [`shopify:order:${order}`, ...(customer === null ? [] : [`shopify:${own}`])],
        address,
        isVerified: customer !== null,
        isEvent: true,
      });
      return;
    }
    case "return the order":
    case "receive the order": {
      if (who.orders === 0) return;
      const order = `${own}-${who.orders}`;
      const make = (moment: vendors.Moment) =>
        action === "return the order" ? vendors.shopify.refunded(order, moment) : vendors.shopify.fulfilled(order, null, moment);
      tell("shopify", make, { ids: [`shopify:order:${order}`], isEvent: true });
      return;
    }
    case "opt out at the shop": {
      if (!who.has.has("shopify")) return;
      tell("shopify", (moment) => vendors.shopify.consent({ id: own, email: address }, "unsubscribed", moment), {
        ids: [`shopify:${own}`],
        choice: { kind: "opt_out", at: now() },
      });
      return;
    }
    case "opt in at the shop": {
      if (!who.has.has("shopify")) return;
      const consent = { state: "subscribed" as const, at: now() };
      const customer = { id: own, email: address, name: firstName, phone: `+1202555010${variant}`, consent };
      tell("shopify", (moment) => vendors.shopify.customer("update", customer, moment), {
        ids: [`shopify:${own}`],
        address,
        isVerified: true,
        choice: plot.consent === "sync" ? { kind: "opt_in", at: now() } : null,
      });
      return;
    }
    case "unsubscribe from a mail":
      tell("sendgrid", (moment) => vendors.sendgrid.event("unsubscribe", address, moment), {
        address,
        choice: { kind: "opt_out", at: now() },
      });
      return;
    case "report spam":
      tell("sendgrid", (moment) => vendors.sendgrid.event("spamreport", address, moment), {
        address,
        choice: { kind: "complaint", at: now() },
      });
      return;
    case "leave a mail group":
      tell("sendgrid", (moment) => vendors.sendgrid.event("group_unsubscribe", address, moment), { address });
      return;
    case "join a mail group":
      tell("sendgrid", (moment) => vendors.sendgrid.event("group_resubscribe", address, moment), { address });
      return;
    case "click in a mail":
      tell("sendgrid", (moment) => vendors.sendgrid.event("click", address, moment), { address });
      return;
    case "opt out in Intercom": {
      if (userId === null) return;
      const contact = { id: `i-${own}`, externalId: userId, email: address };
      tell("intercom", (moment) => vendors.intercom.contact("contact.unsubscribed", contact, moment), {
        ids: [`intercom:${own}`],
        ...byUser,
        choice: { kind: "opt_out", at: now() },
      });
      return;
    }
    case "opt out in HubSpot":
      if (!who.has.has("hubspot")) return;
      tell("hubspot", (moment) => vendors.hubspot.changed(own, "hs_email_optout", "true", moment), {
        ids: [`hubspot:${own}`],
        choice: { kind: "opt_out", at: now() },
      });
      return;
    case "become an Intercom user": {
      if (userId === null) return;
      who.has.add("intercom");
      const contact = { id: `i-${own}`, externalId: userId, email: address, name: firstName };
      tell("intercom", (moment) => vendors.intercom.contact("contact.user.updated", contact, moment), {
        ids: [`intercom:${own}`],
        ...byUser,
      });
      return;
    }
    case "chat":
      if (!who.has.has("intercom")) return;
      tell("intercom", (moment) => vendors.intercom.conversation({ id: `i-${own}` }, moment), {
        ids: [`intercom:${own}`],
        isEvent: true,
      });
      return;
    case "become a Zendesk user": {
      if (userId === null) return;
      who.has.add("zendesk");
      // Half of the support desks know no address.
      const email = variant % 2 === 0 ? address : null;
      tell("zendesk", (moment) => vendors.zendesk.user("created", { id: own, externalId: userId, email }, moment), {
        ids: [`zendesk:${own}`],
        userId,
        address: email,
        isVerified: email !== null,
        isEvent: true,
      });
      return;
    }
    case "ask for help":
      if (!who.has.has("zendesk")) return;
      tell("zendesk", (moment) => vendors.zendesk.ticket(own, moment), { ids: [`zendesk:${own}`], isEvent: true });
      return;
    case "become a HubSpot contact": {
      // HubSpot keeps the address that it heard first.
      const first = addressOf(plot, { ...who, moves: 0 });
      if (who.has.has("hubspot")) {
        tell("hubspot", (moment) => vendors.hubspot.changed(own, "firstname", firstName, moment), { ids: [`hubspot:${own}`] });
        return;
      }
      who.has.add("hubspot");
      tell("hubspot", (moment) => vendors.hubspot.created(own, moment), { ids: [`hubspot:${own}`], isEvent: true });
      tell("hubspot", (moment) => vendors.hubspot.changed(own, "email", first, moment), {
        ids: [`hubspot:${own}`],
        address: first,
      });
      return;
    }
    case "become a customer in HubSpot":
      if (!who.has.has("hubspot")) return;
      tell("hubspot", (moment) => vendors.hubspot.changed(own, "lifecyclestage", "customer", moment), {
        ids: [`hubspot:${own}`],
        isEvent: true,
      });
      return;
    case "be merged in HubSpot":
      if (!who.has.has("hubspot") || who.has.has("hubspot twice")) return;
      who.has.add("hubspot twice");
      tell("hubspot", (moment) => vendors.hubspot.created(`${own}-second`, moment), {
        ids: [`hubspot:${own}-second`],
        isEvent: true,
      });
      tell("hubspot", (moment) => vendors.hubspot.merged(own, `${own}-second`, `${own}-both`, moment), {
        ids: [`hubspot:${own}`, `hubspot:${own}-second`, `hubspot:${own}-both`],
      });
      tell("hubspot", (moment) => vendors.hubspot.changed(`${own}-both`, "lifecyclestage", "lead", moment), {
        ids: [`hubspot:${own}-both`],
        isEvent: true,
      });
      return;
    case "fill in a form":
      tell("typeform", (moment) => vendors.typeform.response(address, moment), { address, isEvent: true });
      return;
    case "book a meeting":
      tell("calendly", (moment) => vendors.calendly.booked(address, moment), { address, isEvent: true });
      return;
    case "type another's address": {
      if (other.isDeleted) return;
      const typed = addressOf(plot, other);
      const guest = { customer: null, email: typed, phone: "+12025550666" };
      if (variant % 2 === 0)
        tell("shopify", (moment) => vendors.shopify.order(`guest-${moment.key}`, guest, moment), {
          address: typed,
          isEvent: true,
        });
      else
        tell(
          "stripe",
          (moment) =>
            vendors.stripe.checkout(
              `guest-${moment.key}`,
              { email: typed, name: "Mallory", phone: "+12025550667", isOptedIn: true },
              moment,
            ),
          { address: typed, isEvent: true },
        );
      return;
    }
    case "browse":
      tell("segment", (moment) => vendors.segment.track({ anonymousId: `b-${own}` }, "Page Scrolled", moment), {
        ids: [`segment:${own}`],
        isEvent: true,
      });
      return;
    case "use the app":
      if (userId === null) return;
      tell(
        "segment",
        (moment) => vendors.segment.identify({ userId, anonymousId: `b-${own}` }, { email: address, plan: firstName }, moment),
        { ids: [`segment:${own}`], ...byUser },
      );
      tell("segment", (moment) => vendors.segment.track({ userId }, "Report Opened", moment), { userId, isEvent: true });
      return;
    case "be aliased in Segment":
      if (userId === null) return;
      tell("segment", (moment) => vendors.segment.alias(userId, `b-${own}`, moment), { ids: [`segment:${own}`], userId });
      return;
    case "buy in the app anonymously":
      tell(
        "revenuecat",
        (moment) => vendors.revenuecat.purchase({ appUserId: `$RCAnonymousID:${own}`, anonymous: null }, moment),
        { ids: [`revenuecat:${own}`], isEvent: true },
      );
      return;
    case "buy in the app": {
      if (userId === null) return;
      const buyer = { appUserId: userId, anonymous: `$RCAnonymousID:${own}`, email: variant % 2 === 0 ? address : null };
      tell("revenuecat", (moment) => vendors.revenuecat.purchase(buyer, moment), {
        ids: [`revenuecat:${own}`],
        userId,
        address: buyer.email,
        isVerified: buyer.email !== null,
        isEvent: true,
      });
      return;
    }
    case "have purchases transferred":
      if (userId === null) return;
      tell("revenuecat", (moment) => vendors.revenuecat.transfer(`$RCAnonymousID:${own}`, userId, moment), {
        ids: [`revenuecat:${own}`],
        userId,
        isEvent: true,
      });
  }
}

function settingsOf({ identifiers, merge, consent, onDelete }: Plot): AccountSettings {
  return {
    identifiers,
    merge,
    profileFrom: PROFILE_FROM,
    sources: {
      clerk: { onDelete },
      stripe: { userIdFrom: ["metadata.user_id"], consent },
      shopify: { consent },
      segment: {},
      intercom: {},
      zendesk: {},
      revenuecat: {},
      hubspot: {},
      typeform: {},
      calendly: {},
      sendgrid: { consent },
    },
  };
}

/** Webhooks that arrive together, and whether the round after them is lost once. */
export interface Arrival {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly webhooks: readonly vendors.Webhook[];
  readonly isCrash: boolean;
}

/** How the webhooks of a history arrive in one of the two worlds; some of them twice. */
export function arrivalsOf({ plot, tellings }: History, world: 0 | 1): readonly Arrival[] {
  const arriving = tellings.flatMap(({ webhook, at, deed: index }) => {
    const { delays, isTwice = false, isCrash = false } = plot.deeds[index] ?? {};
    const delay = (delays?.[world] ?? 0) * 1000;
    const once = { at: at + delay, webhook, isCrash };
    return isTwice ? [once, { ...once, at: once.at + 40_000 }] : [once];
  });
  const together = Map.groupBy(arriving, ({ at }) => at);
  return [...together]
    .map(([at, all]) => ({ at, webhooks: all.map(({ webhook }) => webhook), isCrash: all.some(({ isCrash }) => isCrash) }))
    .toSorted((one, next) => one.at - next.at);
}
