/**
 * An erasure: the identifiers it looks for, its progress, and its status for operators.
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
  /** The only source it covers; `null` for the whole account. */
  source: z.string().nullable(),
  customerio: z.enum(["none", "delete", "suppress"]),
  /** Dead letters come last: pending events may have become dead letters. */
  phase: z.enum(["book", "log", "dead", "done"]),
  /** Identifiers that Customer.io has not been told about yet. */
  owed: texts,
  /** Calls that Customer.io refused. */
  refused: count,
  userIds: texts,
  addresses: texts,
  ids: texts,
  references: texts,
  /** The last sequence number when the identifiers were hashed: later webhooks are recognised by the hashes. */
  through: z.number().default(0),
  /** Progress through the dead letters, and through the inbox of each source. */
  deadAfter: z.number().default(0),
  logAfter: z.array(z.tuple([z.string(), z.number()])).default([]),
  /** The last batch that was sealed before the identifiers were hashed, and progress through the batches. */
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

/** The status of an erasure, as the API answers it. */
export const erasureStatusSchema = () =>
  z.object({
    number: z.number(),
    /** Milliseconds since 1970. */
    startedAt: z.number(),
    finishedAt: z.number().nullable(),
    /** The source that forgets the person; `null` for the whole account. */
    source: z.string().nullable(),
    customerio: jobSchema.shape.customerio,
    phase: jobSchema.shape.phase,
    /** Calls that Customer.io has not accepted yet, and calls that it refused. */
    owed: z.number(),
    refused: z.number(),
    links: z.number(),
    waiting: z.number(),
    dead: z.number(),
    webhooks: z.number(),
    calls: z.number(),
  });

/** The status of an erasure, without identifiers. */
export type ErasureStatus = Readonly<z.output<ReturnType<typeof erasureStatusSchema>>>;

/** The identifiers of the person. */
export type Wanted = Pick<Job, "userIds" | "addresses" | "ids" | "references">;

/** No identifier. */
export const NOBODY: Wanted = { userIds: [], addresses: [], ids: [], references: [] };

/** The number of identifiers. */
export function sizeOf({ userIds, addresses, ids, references }: Wanted): number {
  return userIds.length + addresses.length + ids.length + references.length;
}

/** The status of an erasure. */
export function statusOf(job: Job): ErasureStatus {
  const { number, startedAt, finishedAt, source, customerio, phase, owed, links, waiting, dead, webhooks, calls } = job;
  return {
    ...{ number, startedAt, finishedAt, source, customerio, phase },
    ...{ owed: owed.length, refused: job.refused, links, waiting, dead, webhooks, calls },
  };
}

/** The identifiers by which Customer.io knows the person. */
export function identifiersOf({ userIds, addresses }: Wanted, { identifiers }: Account): string[] {
  if (identifiers === "email") return addresses;
  return userIds.length > 0 || identifiers === "id" ? userIds : addresses;
}

/** Adds identifiers of the person from removed rows. */
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
    // An id that also leads to another person belongs to that person.
    if (!ids.has(key) && withoutValues(links, values) !== null) continue;
    const user = targetOf(links.user);
    const address = targetOf(links.email);
    if (user !== null) userIds.add(user.value);
    // An address that a known user id does not own may be a company's shared address.
    else if (address !== null) addresses.add(address.value);
    if (key.startsWith(USER_KEY)) userIds.add(key.slice(USER_KEY.length));
    else ids.add(key);
  }
  const grown = { userIds: [...userIds], addresses: [...addresses], ids: [...ids] };
  return { ...withReferences(job, found), ...grown };
}

const USER_KEY = userKeyOf("");

/** Adds references to the person from removed rows. */
export function withReferences(job: Wanted, found: Knowledge): Wanted {
  const { userIds, addresses, ids } = job;
  return { userIds, addresses, ids, references: [...new Set([...job.references, ...found.references.keys()])] };
}
