/**
 * Users and groups of connected directories.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Properties } from "../../src/contract/adapter.ts";
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
  track,
} from "../../src/contract/adapter.ts";

const { text } = maybe;

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
    custom_attributes: optional(z.object({ job_title: text })),
  })
  .transform((u) => ({ ...u, email: u.email ?? (u.emails?.find(({ primary }) => primary) ?? u.emails?.[0])?.value }));

type DirectoryUser = z.output<typeof directoryUser>;

const directoryMember = z.object({ user: directoryUser, group: z.object({ id, name: text }) });

/** A directory says who works there, not who owns an address: it is claimed. */
function colleagueOf(u: DirectoryUser): PersonFacts {
  return person({ email: claimed(u.email), ids: [personId("directory_user", u.id)] });
}

function directoryOf(u: DirectoryUser): Properties {
  return pick(u, "directory_id", "organization_id");
}

/** Traits of a directory user. */
export function colleague(u: DirectoryUser): Draft {
  const job_title = u.job_title ?? u.custom_attributes?.job_title;
  return identify(colleagueOf(u), { ...pick(u, "first_name", "last_name"), job_title, directory_state: u.state });
}

/** An added or removed directory user. */
export function directoryEvent(event: string, u: DirectoryUser): Draft {
  return track(colleagueOf(u), event, directoryOf(u));
}

/** A user joined or left a directory group. */
export function onDirectoryMember(event: string) {
  return on(directoryMember, ({ user: u, group }) =>
    track(colleagueOf(u), event, { ...directoryOf(u), group_id: group.id, group_name: group.name }),
  );
}
