/**
 * One erasure under way: what it looks for, how far it is, and what is told of it.
 */
import * as z from "zod";
import type { Account } from "../../config/model.ts";
import { userKeyOf } from "../../identity/identifiers.ts";
import { type Knowledge, targetOf, withoutValues } from "../../identity/links.ts";

const texts = z.array(z.string());
const count = z.int().nonnegative().default(0);

/** An erasure as it is stored. */
export const jobSchema = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  finishedAt: z.number().nullable().default(null),
  /** The source that is to forget the person; `null` for the whole account. */
  source: z.string().nullable(),
  customerio: z.enum(["none", "delete", "suppress"]),
  /** Dead letters come last: what was pending may have died. */
  phase: z.enum(["book", "log", "dead", "done"]),
  /** Whom Customer.io is still to be told about. */
  owed: texts,
  /** Calls to Customer.io that it refused. */
  refused: count,
  userIds: texts,
  addresses: texts,
  ids: texts,
  references: texts,
  /** The last number of the inbox when the identifiers were hashed: everything behind it is recognised by the hashes. */
  through: z.number().default(0),
  /** How far the dead letters, and the log of each source, were looked at. */
  deadAfter: z.number().default(0),
  logAfter: z.array(z.tuple([z.string(), z.number()])).default([]),
  /** The last batch that was sealed before the identifiers were hashed, and how far the batches were looked at. */
  batchThrough: z.number().default(0),
  batchAfter: z.number().default(0),
  calls: count,
  links: count,
  waiting: count,
  dead: count,
  webhooks: count,
});

/** An erasure, with its number. */
export interface Job extends z.output<typeof jobSchema> {
  readonly number: number;
}

/** How far an erasure is. It names nobody. */
export type ErasureStatus = Pick<
  Job,
  | "number"
  | "startedAt"
  | "finishedAt"
  | "source"
  | "customerio"
  | "phase"
  | "refused"
  | "links"
  | "waiting"
  | "dead"
  | "webhooks"
  | "calls"
> & {
  /** Calls that Customer.io has not taken yet. */
  readonly owed: number;
};

/** The names by which a person is looked for. */
export type Wanted = Pick<Job, "userIds" | "addresses" | "ids" | "references">;

/** No name. */
export const NOBODY: Wanted = { userIds: [], addresses: [], ids: [], references: [] };

/** How many names. */
export function sizeOf({ userIds, addresses, ids, references }: Wanted): number {
  return userIds.length + addresses.length + ids.length + references.length;
}

/** How far an erasure is. */
export function statusOf(job: Job): ErasureStatus {
  const { number, startedAt, finishedAt, source, customerio, phase, owed, links, waiting, dead, webhooks, calls } = job;
  return {
    ...{ number, startedAt, finishedAt, source, customerio, phase },
    ...{ owed: owed.length, refused: job.refused, links, waiting, dead, webhooks, calls },
  };
}

/** How Customer.io knows the person. */
export function identifiersOf({ userIds, addresses }: Wanted, { identifiers }: Account): string[] {
  if (identifiers === "email") return addresses;
  return userIds.length > 0 || identifiers === "id" ? userIds : addresses;
}

/** The person's further names, from rows that were forgotten. */
export function withKnowledge(job: Wanted, found: Knowledge): Wanted {
  const userIds = new Set(job.userIds);
  const addresses = new Set(job.addresses);
  const ids = new Set(job.ids);
  for (const [address, { userId }] of found.addresses) {
    addresses.add(address);
    if (userId !== null) userIds.add(userId);
  }
  const values = new Set([...userIds, ...addresses]);
  for (const [key, links] of found.people) {
    // What also leads to somebody else is theirs.
    if (!ids.has(key) && withoutValues(links, values) !== null) continue;
    const user = targetOf(links.user);
    const address = targetOf(links.email);
    if (user !== null) userIds.add(user.value);
    // Of somebody with a user id, an address that it does not own may be the company's.
    else if (address !== null) addresses.add(address.value);
    if (key.startsWith(USER_KEY)) userIds.add(key.slice(USER_KEY.length));
    else ids.add(key);
  }
  const grown = { userIds: [...userIds], addresses: [...addresses], ids: [...ids] };
  return { ...withReferences(job, found), ...grown };
}

const USER_KEY = userKeyOf("");

/** The person's references, from rows that were forgotten. */
export function withReferences(job: Wanted, found: Knowledge): Wanted {
  const { userIds, addresses, ids } = job;
  return { userIds, addresses, ids, references: [...new Set([...job.references, ...found.references.keys()])] };
}
