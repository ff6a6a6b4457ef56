/**
 * An erasure: the identifiers it looks for, its progress, and its status for operators.
 */
import * as z from "zod";
import type { Account } from "../../config/model.ts";
import { emailKeyOf, partsOf, userKeyOf } from "../../identity/identifiers.ts";
import { targetOf, withoutValues } from "../../identity/links.ts";
import { addressesOf } from "../../identity/profile.ts";
import type { Subject } from "../../identity/subject.ts";
import type { Removed } from "../people/forget.ts";

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
  /** Whether the account's other object that may know the person from this source has been asked too. */
  isPassedOn: z.boolean().default(true),
  /** Identifiers that Customer.io has not been told about yet. */
  owed: texts,
  /** Calls that Customer.io refused. */
  refused: count,
  userIds: texts,
  addresses: texts,
  ids: texts,
  references: texts,
  /**
   * Keys of profiles. Of the whole account's erasure: those that Customer.io knows. Of a source's demand: those that keep what other sources
   * said.
   */
  profiles: texts.default([]),
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

/** An erasure that a source demands: it covers only what that source knows. */
export interface SourceErasure {
  readonly source: string;
  readonly subject: Subject;
  /** By which Customer.io knows the person; `null` if it does not. */
  readonly identifier: string | null;
  /** What Customer.io is told. */
  readonly customerio: Job["customerio"];
  /** Whether another object of the account may know the person from this source too. */
  readonly isElsewhere: boolean;
}

/** A call about an erased person that Customer.io has not accepted yet. */
export interface OwedCall {
  /** Stays the same until the call is accepted. */
  readonly id: string;
  readonly userId: string;
  readonly action: "delete" | "suppress";
  /** Milliseconds since 1970. */
  readonly since: number;
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
export type Wanted = Pick<Job, "userIds" | "addresses" | "ids" | "references" | "profiles">;

/** The number up to which an erasure is through the inbox of a source. */
export function placeIn({ logAfter }: Job, source: string): number {
  return logAfter.find(([name]) => name === source)?.[1] ?? 0;
}

/** No identifier. */
export const NOBODY: Wanted = { userIds: [], addresses: [], ids: [], references: [], profiles: [] };

/** The number of identifiers. */
export function sizeOf({ userIds, addresses, ids, references, profiles }: Wanted): number {
  return userIds.length + addresses.length + ids.length + references.length + profiles.length;
}

/** The status of an erasure. */
export function statusOf(job: Job): ErasureStatus {
  const { number, startedAt, finishedAt, source, customerio, phase, owed, links, waiting, dead, webhooks, calls } = job;
  return {
    ...{ number, startedAt, finishedAt, source, customerio, phase },
    ...{ owed: owed.length, refused: job.refused, links, waiting, dead, webhooks, calls },
  };
}

/** The identifiers by which Customer.io knows the person. Addresses may be people apart from the user id. */
export function identifiersOf({ userIds, addresses, profiles }: Wanted, { identifiers }: Account): string[] {
  if (identifiers === "email") return addresses;
  if (identifiers === "id") return userIds;
  const apart = profiles.flatMap((key) => {
    const parts = partsOf(key);
    return parts.kind === "email" ? [parts.address] : [];
  });
  return userIds.length > 0 ? [...userIds, ...apart] : addresses;
}

/** Adds identifiers of the person from removed rows. */
export function withKnowledge(job: Wanted, found: Removed): Wanted {
  const userIds = new Set(job.userIds);
  const addresses = new Set(job.addresses);
  const ids = new Set(job.ids);
  const addKey = (key: string): void => {
    const parts = partsOf(key);
    if (parts.kind === "user") userIds.add(parts.userId);
    else if (parts.kind === "email") addresses.add(parts.address);
    // The anonymous id of an address is found by the address.
    else if (!key.startsWith(":")) ids.add(key);
  };
  for (const [address, { users, decided }] of found.addresses) {
    addresses.add(address);
    const holders = decided === null ? users.map(([userId]) => userId) : [decided.userId];
    // Of an address that several users share, it is not known which of them this person is.
    if (holders.length === 1 && holders[0]) userIds.add(holders[0]);
  }
  // A profile goes on under another key, or stands apart from one, because the facts say that they are one person.
  for (const [key, profile] of found.profiles) {
    addKey(key);
    for (const other of [profile.into ?? [], profile.apart ?? [], profile.strays ?? []].flat()) addKey(other);
    for (const address of addressesOf(profile)) if (!found.shared.has(address)) addresses.add(address);
  }
  for (const address of found.kept) addresses.add(address);
  const values = new Set([...userIds, ...addresses]);
  for (const [key, links] of found.people) {
    // An id that also leads to another person belongs to that person.
    if (!ids.has(key) && withoutValues({ ...links, tied: [] }, values) !== null) continue;
    const user = targetOf(links.user);
    const address = targetOf(links.email);
    if (user !== null) userIds.add(user.value);
    // An address that a known user id does not own may be a company's shared address.
    else if (address !== null && !found.shared.has(address.value)) addresses.add(address.value);
    addKey(key);
    for (const other of links.tied) ids.add(other);
  }
  const left = [...found.profiles].flatMap(([key, profile]) =>
    profile.left === true && profile.into === undefined ? [key] : [],
  );
  const grown = { userIds: [...userIds], addresses: [...addresses], ids: [...ids] };
  return { ...withReferences(job, found), ...grown, profiles: [...new Set([...job.profiles, ...left])] };
}

/** Adds what the source that demands an erasure knew the person by, from removed rows, and the profiles that they lead to. */
export function withSourceKnowledge(job: Wanted, found: Removed): Wanted {
  const own = [...found.people].filter(([key]) => job.ids.includes(key)).map(([, links]) => links);
  const ids = own.flatMap(({ tied }) => tied);
  const profiles = own.flatMap(({ user, email }) => [
    ...(targetOf(user) === null ? [] : [userKeyOf(targetOf(user)?.value ?? "")]),
    ...(targetOf(email) === null ? [] : [emailKeyOf(targetOf(email)?.value ?? "")]),
  ]);
  return {
    ...withReferences(job, found),
    ids: [...new Set([...job.ids, ...ids])],
    profiles: [...new Set([...job.profiles, ...profiles])],
  };
}

/** Adds references to the person from removed rows. */
function withReferences(job: Wanted, found: Removed): Wanted {
  const { userIds, addresses, ids, profiles } = job;
  return { userIds, addresses, ids, profiles, references: [...new Set([...job.references, ...found.references.keys()])] };
}
