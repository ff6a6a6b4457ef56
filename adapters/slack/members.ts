/**
 * Slack's members: profiles, joins and changes.
 */
import * as z from "zod";
import type { CustomField, Maybe, PersonFacts, Traits } from "../../src/contract/adapter.ts";
import { decisive, each, id, identify, ignore, maybe, on, optional, person, personId, pick } from "../../src/contract/adapter.ts";
import { customFields, ownEvents, withCustom } from "../../src/vocabulary/adapter.ts";
import type { SLACK } from "./plan.schema.ts";

const own = ownEvents<typeof SLACK>();

const { text, boolean } = maybe;

/** @see https://docs.slack.dev/reference/objects/user-object */
const user = z.object({
  id,
  is_bot: decisive(z.boolean()),
  ...each(boolean, "deleted", "is_email_confirmed", "is_restricted", "is_ultra_restricted"),
  ...each(text, "tz", "locale"),
  profile: z.object({
    ...each(text, "email", "phone", "real_name", "display_name", "first_name", "last_name", "title"),
    // The workspace's own fields, by id.
    fields: optional(z.record(z.string(), z.object({ value: text }))),
  }),
});

type User = z.output<typeof user>;

const aboutUser = z.object({ user });

/** A new member of the workspace. */
export const memberJoined = on(aboutUser, ({ user: u }) =>
  u.is_bot
    ? ignore("a bot")
    : withCustom([identify(memberOf(u), traitsOf(u)), own("Workspace Joined")(memberOf(u), { guest: isGuest(u) })], customOf(u)),
);

/** A changed profile. */
export const memberChanged = on(aboutUser, ({ user: u }) =>
  u.is_bot ? ignore("a bot") : withCustom([identify(memberOf(u), traitsOf(u))], customOf(u)),
);

/** Slack confirms an address with a link; only confirmed addresses are verified. */
function memberOf(u: User): PersonFacts {
  const { email, phone } = u.profile;
  return person({
    email: { value: email, trust: u.is_email_confirmed ? "verified" : "claimed" },
    phone,
    ids: [personId("user", u.id)],
  });
}

/** A member named only by id. */
export function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

function traitsOf(u: User): Traits {
  return {
    name: u.profile.real_name,
    ...pick(u.profile, "first_name", "last_name", "display_name", "title"),
    timezone: u.tz,
    locale: u.locale,
    guest: isGuest(u),
    deactivated: u.deleted,
  };
}

function customOf({ profile: { fields } }: User): readonly CustomField[] {
  const values = Object.entries(fields ?? {}).map(([name, { value }]) => [name, value]);
  return customFields("fields", Object.fromEntries(values));
}

function isGuest(u: User): boolean {
  return u.is_restricted === true || u.is_ultra_restricted === true;
}
