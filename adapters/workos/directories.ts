/**
 * Users and groups of connected directories.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
} from "../../src/contract/adapter.ts";
import { customFields, ownEvents, withCustom } from "../../src/vocabulary/adapter.ts";
import type { DIRECTORY_GROUPS, DIRECTORY_USERS } from "./plan.schema.ts";

const { text } = maybe;

const user = ownEvents<typeof DIRECTORY_USERS>();
const inGroup = ownEvents<typeof DIRECTORY_GROUPS>();

/**
 * A user of a directory. Up to the API of 2025 one had a list of addresses; since April 2026 the job title is one of the attributes that a
 * customer maps, and may be anything.
 * @see https://workos.com/docs/deprecations/raw-attributes
 */
export const directoryUser = z
  .object({
    id,
    ...each(text, "directory_id", "organization_id", "email", "first_name", "last_name", "job_title", "state"),
    emails: optional(z.array(z.object({ primary: decisive(z.boolean()), value: text }))),
    custom_attributes: optional(z.looseObject({ job_title: text })),
  })
  .transform((u) => ({ ...u, email: u.email ?? (u.emails?.find(({ primary }) => primary) ?? u.emails?.[0])?.value }));

type DirectoryUser = z.output<typeof directoryUser>;

const directoryMember = z.object({ user: directoryUser, group: z.object({ id, name: text }) });

/** A directory says who works there, not who owns an address: it is claimed. */
function colleagueOf(u: DirectoryUser): PersonFacts {
  return person({ email: claimed(u.email), ids: [personId("directory_user", u.id)] });
}

function directoryOf(u: DirectoryUser) {
  return pick(u, "directory_id", "organization_id");
}

/** Traits of a directory user. */
export function colleague(u: DirectoryUser): readonly Draft[] {
  const job_title = u.job_title ?? u.custom_attributes?.job_title;
  const traits = { ...pick(u, "first_name", "last_name"), job_title, directory_state: u.state };
  return withCustom([identify(colleagueOf(u), traits)], customFields("custom_attributes", u.custom_attributes));
}

/** An added or removed directory user. */
export function directoryEvent(event: keyof (typeof DIRECTORY_USERS)["events"], u: DirectoryUser): Draft {
  return user(event)(colleagueOf(u), directoryOf(u));
}

/** A user joined or left a directory group. */
export function onDirectoryMember(event: keyof (typeof DIRECTORY_GROUPS)["events"]) {
  return on(directoryMember, ({ user: u, group }) =>
    inGroup(event)(colleagueOf(u), { ...directoryOf(u), group_id: group.id, group_name: group.name }),
  );
}
