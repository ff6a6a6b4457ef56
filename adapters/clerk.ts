/**
 * Clerk: users, sessions, organizations, the waitlist and Clerk Billing.
 *
 * Only the events about a user hold the user's own record, and with it the external id. All others name the user by id and leave it to the
 * identity book whose id that is: to take it for a user id there would split people who have an external one.
 *
 * @see https://clerk.com/docs/guides/development/webhooks/overview
 */
import * as z from "zod";
import { defineAdapter, type MapResult, on } from "../src/contract/define.ts";
import { type Draft, deleted, group, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference, verified } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { fromMinor, moneyProperties } from "../src/contract/money.ts";
import { bearerLookup } from "../src/contract/remote.ts";
import { standardWebhooks } from "../src/contract/verify/standard-webhooks.ts";

const { id } = fields;
const text = fields.text.nullish();
const time = fields.unixMilliseconds.nullish();
const flag = z.boolean().nullish();
const verification = z.object({ status: text }).nullish();

const user = z.object({
  object: z.literal("user"),
  id,
  external_id: text,
  first_name: text,
  last_name: text,
  username: text,
  locale: text,
  email_addresses: z.array(z.object({ id, email_address: text, verification })),
  primary_email_address_id: text,
  phone_numbers: z.array(z.object({ id, phone_number: text })).nullish(),
  primary_phone_number_id: text,
  created_at: time,
  last_sign_in_at: time,
  banned: flag,
  public_metadata: z.looseObject({}).nullish(),
  private_metadata: z.looseObject({}).nullish(),
});

const deletedUser = z.object({ object: z.literal("user"), id, deleted: z.literal(true) });

const session = z.object({ id, user_id: id, actor: z.unknown(), last_active_organization_id: text });

const organization = z.object({ id, name: text, slug: text, created_at: time, created_by: text });

const membership = z.object({ id, role: text, organization, public_user_data: z.object({ user_id: id }) });

const invitation = z.object({ id, email_address: text, organization_id: id, role: text });

const waitlistEntry = z.object({ id, email_address: text, status: text });

const amount = z.object({ amount: fields.integer, currency: fields.currency }).nullish();

/** A person, or an organization with the address of whoever pays for it. */
const payer = z.object({ user_id: text, email: text, organization_id: text }).nullish();

const subscriptionItem = z.object({
  id,
  status: text,
  is_free_trial: flag,
  plan: z.object({ id, name: text, slug: text, is_default: flag }).nullish(),
  plan_period: text,
  period_start: time,
  period_end: time,
  canceled_at: time,
  amount,
  payer,
});

const paymentAttempt = z.object({
  id: id.nullish(),
  payment_id: id,
  status: text,
  charge_type: text,
  failed_reason: z.object({ code: text, decline_code: text }).nullish(),
  totals: z.object({ grand_total: amount }).nullish(),
  payer,
});

export default defineAdapter({
  id: "clerk",
  name: "Clerk",
  docs: "https://clerk.com/docs/guides/development/webhooks/overview",
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook endpoint",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fY2xlcmtfMDAwMDAwMDA=",
  },
  verify: standardWebhooks({ prefix: "svix-" }),
  webhook: z.object({
    body: z.object({
      object: z.literal("event"),
      type: fields.text,
      timestamp: fields.unixMilliseconds.nullish(),
      data: z.looseObject({}),
    }),
  }),
  // The id stands in a header, but it is signed, and the same at every attempt.
  events: ({ body: { type, timestamp, data } }, { nonce, bodyHash, receivedAt }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt: timestamp ?? receivedAt, test: false, data },
  ],
  userIdFrom: ["external_id", "id"],
  handlers: {
    "user.created": on(user, (u) => [profile(u), track(personOf(u), "User Signed Up")]),
    "user.updated": on(user, profile),
    "user.deleted": on(deletedUser, (u) => deleted(known(u.id), "Account Deleted")),
    "session.created": on(session, (s) =>
      s.actor
        ? ignore("staff who impersonate a user")
        : track(known(s.user_id), "User Signed In", { session_id: s.id, organization_id: s.last_active_organization_id }),
    ),
    ...ignoring("the end of a session is no news", "session.ended session.pending session.removed session.revoked"),

    "organization.created": on(organization, (o) => [
      organizationOf(known(o.created_by), o),
      track(known(o.created_by), "Organization Created", about(o)),
    ]),
    "organization.updated": on(organization, (o) => organizationOf(known(o.created_by), o)),
    "organizationMembership.created": onMembership("Organization Joined"),
    "organizationMembership.updated": on(membership, joined),
    "organizationMembership.deleted": on(membership, (m) =>
      track(known(m.public_user_data.user_id), "Organization Left", { ...about(m.organization), role: m.role }),
    ),
    "organizationInvitation.created": onInvitation("Organization Invitation Sent"),
    "organizationInvitation.revoked": onInvitation("Organization Invitation Revoked"),
    ...ignoring("organizationMembership.created says it", "organizationInvitation.accepted"),
    ...ignoring(
      "names no person",
      `organization.deleted organizationDomain.created organizationDomain.updated organizationDomain.deleted permission.created
      permission.updated permission.deleted role.created role.updated role.deleted`,
    ),

    "waitlistEntry.created": on(waitlistEntry, (w) => track(waiting(w), "Waitlist Joined", { waitlist_entry_id: w.id })),
    "waitlistEntry.updated": on(waitlistEntry, (w) =>
      w.status === "invited"
        ? track(waiting(w), "Waitlist Invitation Sent", { waitlist_entry_id: w.id })
        : ignore("user.created says when the invitation is accepted"),
    ),

    "subscriptionItem.active": on(subscriptionItem, (s) =>
      s.plan?.is_default ? ignore("the free plan, which everybody has") : itemEvent(started(s), s),
    ),
    "subscriptionItem.canceled": onItem("Subscription Cancelled"),
    "subscriptionItem.ended": onItem("Subscription Expired"),
    "subscriptionItem.pastDue": onItem("Subscription Past Due"),
    "subscriptionItem.freeTrialEnding": onItem("Trial Ending"),
    ...ignoring(
      "a step of a subscription, not its end",
      `subscriptionItem.created subscriptionItem.updated subscriptionItem.upcoming subscriptionItem.abandoned
      subscriptionItem.incomplete`,
    ),
    ...ignoring(
      "the events of its items say it",
      `subscription.created subscription.updated subscription.active subscription.pastDue`,
    ),
    "paymentAttempt.updated": on(paymentAttempt, payment),
    ...ignoring("paymentAttempt.updated has the outcome", "paymentAttempt.created"),
    ...ignoring("a message that Clerk sends, with its one-time code", "email.created sms.created"),
  },
  // @see https://docs.svix.com/retries
  habits: {
    timeoutSeconds: 15,
    retries: "after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h",
    givesUp: "an endpoint that fails for 5 days in a row is disabled",
    setup: [
      "In the Clerk Dashboard open Configure > Webhooks and choose Add Endpoint.",
      "Give it the URL of this source and subscribe to user, organization and organizationMembership; to session for sign-ins; to subscriptionItem and paymentAttempt with Clerk Billing.",
      "Create it, and copy its Signing Secret (whsec_…): it is the source's secret.",
      "Development and production instances have endpoints, and secrets, of their own.",
    ],
  },
  lookup: bearerLookup({ host: "api.clerk.com", kind: "user", path: "/v1/users/", schema: user, draft: profile }),
});

type User = z.output<typeof user>;
type Organization = z.output<typeof organization>;
type SubscriptionItem = z.output<typeof subscriptionItem>;

/** Unsafe metadata is no part of the record: visitors write it. */
function personOf(u: User): PersonFacts {
  const email = u.email_addresses.find((address) => address.id === u.primary_email_address_id) ?? u.email_addresses[0];
  const trusted = email?.verification?.status === "verified" ? verified : claimed;
  return person({
    record: {
      id: u.id,
      external_id: u.external_id,
      public_metadata: u.public_metadata,
      private_metadata: u.private_metadata,
    },
    email: trusted(email?.email_address),
    phone: (u.phone_numbers?.find((phone) => phone.id === u.primary_phone_number_id) ?? u.phone_numbers?.[0])?.phone_number,
    ids: [personId("user", u.id)],
  });
}

function profile(u: User): Draft {
  const { first_name, last_name, username, locale, created_at, last_sign_in_at, banned } = u;
  return identify(personOf(u), { first_name, last_name, username, locale, created_at, last_sign_in_at, banned });
}

function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

function waiting(w: z.output<typeof waitlistEntry>): PersonFacts {
  return person({ email: claimed(w.email_address), ids: [reference("waitlist_entry", w.id)] });
}

function about(o: Organization): Properties {
  return { organization_id: o.id, organization_name: o.name };
}

function organizationOf(who: PersonFacts, o: Organization, relationship: Properties = {}): Draft {
  return group(who, { kind: "organization", id: o.id }, { name: o.name, slug: o.slug, created_at: o.created_at }, relationship);
}

function joined(m: z.output<typeof membership>): Draft {
  return organizationOf(known(m.public_user_data.user_id), m.organization, { role: m.role });
}

function onMembership(event: string) {
  return on(membership, (m) => [
    joined(m),
    track(known(m.public_user_data.user_id), event, { ...about(m.organization), role: m.role }),
  ]);
}

/** Nobody yet but the address that a member typed. */
function onInvitation(event: string) {
  return on(invitation, (i) =>
    track(person({ email: claimed(i.email_address) }), event, {
      invitation_id: i.id,
      organization_id: i.organization_id,
      role: i.role,
    }),
  );
}

function payerOf(p: z.output<typeof payer>, item?: string): PersonFacts {
  return person({ email: claimed(p?.email), ids: [personId("user", p?.user_id), reference("subscription_item", item)] });
}

function started(s: SubscriptionItem): string {
  return s.is_free_trial ? "Trial Started" : "Subscription Started";
}

function onItem(event: string) {
  return on(subscriptionItem, (s) => itemEvent(event, s));
}

function itemEvent(event: string, s: SubscriptionItem): Draft {
  return track(payerOf(s.payer, s.id), event, {
    subscription_item_id: s.id,
    organization_id: s.payer?.organization_id,
    plan_id: s.plan?.id,
    plan: s.plan?.name,
    interval: s.plan_period,
    status: s.status,
    current_period_start: s.period_start,
    current_period_end: s.period_end,
    canceled_at: s.canceled_at,
    ...money("price", s.amount),
  });
}

function payment(p: z.output<typeof paymentAttempt>): MapResult {
  const properties = { payment_id: p.payment_id, charge_type: p.charge_type, organization_id: p.payer?.organization_id };
  const sum = p.totals?.grand_total;
  switch (p.status) {
    case "paid":
      return sum?.amount === 0
        ? ignore("nothing was paid")
        : track(payerOf(p.payer), "Payment Succeeded", { ...properties, ...money("total", sum) });
    case "failed":
      return track(payerOf(p.payer), "Payment Failed", {
        ...properties,
        ...money("amount", sum),
        error_code: p.failed_reason?.code,
        decline_code: p.failed_reason?.decline_code,
      });
    default:
      return ignore("the payment is pending");
  }
}

function money(name: string, sum: z.output<typeof amount>): Properties {
  return moneyProperties(name, sum && fromMinor(sum.amount, sum.currency));
}
