/**
 * The rows of the book as text. Fields that earlier releases wrote are still read, and the ones that they need are still written.
 */
import * as z from "zod";
import type { Value } from "../../contract/drafts.ts";
import { parseAs } from "../../contract/read-as.ts";
import type { AddressLinks, Link, Links, Sighting } from "../../identity/links.ts";
import type { FirstFact, Profile, StateRecord, TraitFact } from "../../identity/profile.ts";

const sighting = z.union([
  z.tuple([z.string(), z.number()]),
  z.tuple([z.string(), z.number(), z.string()]),
]) satisfies z.ZodType<Sighting>;

const link = z.object({ trust: z.enum(["verified", "claimed"]), seen: z.array(sighting) }) satisfies z.ZodType<Link>;

const linksSchema = z.object({
  user: link.nullable().default(null),
  email: link.nullable().default(null),
  person: link.nullable().default(null),
  tied: z.array(z.string()).default([]),
}) satisfies z.ZodType<Links>;

const addressSchema = z
  .object({
    since: z.number(),
    users: z.array(sighting).optional(),
    decidedAt: z.number().nullable().default(null),
    userId: z.string().nullable().default(null),
    isShared: z.boolean(),
    left: z.literal(true).optional(),
  })
  .transform(
    ({ since, users, decidedAt, userId, isShared, left }): AddressLinks => ({
      since,
      users: users ?? (userId === null || decidedAt !== null ? [] : [[userId, since]]),
      decided: decidedAt === null ? null : { userId, at: decidedAt },
      // An earlier release kept no names of those who shared an address.
      isCrowd: users === undefined || users.length === 0 ? isShared : false,
      // It stored addresses of people alone, after the first call about them. One with a user was told with the user id: no one has it alone.
      ...(left === true || (users === undefined && userId === null) ? { left: true as const } : {}),
    }),
  );

const value: z.ZodType<Value> = z.json();
const trait = z.tuple([value, z.number()]) satisfies z.ZodType<TraitFact>;
const state = z.record(z.string(), z.tuple([value, z.string(), z.number()])) satisfies z.ZodType<StateRecord>;
const first = z.tuple([z.record(z.string(), value), z.number()]) satisfies z.ZodType<FirstFact>;

/** Each part of a profile: one without a schema would be lost. */
const profileParts = {
  left: z.literal(true).exactOptional(),
  told: z.number().exactOptional(),
  into: z.string().exactOptional(),
  addresses: z.record(z.string(), sighting).exactOptional(),
  kept: z.string().exactOptional(),
  traits: z.record(z.string(), z.record(z.string(), trait)).exactOptional(),
  choices: z.record(z.string(), z.tuple([z.string(), z.number()])).exactOptional(),
  optOuts: z.record(z.string(), z.object({ at: z.number(), acts: z.boolean(), isFinal: z.boolean() })).exactOptional(),
  optIns: z.record(z.string(), z.number()).exactOptional(),
  states: z.record(z.string(), state).exactOptional(),
  first: first.exactOptional(),
  deleted: z.object({ at: z.number(), source: z.string(), isGone: z.boolean() }).exactOptional(),
  apart: z.array(z.string()).exactOptional(),
  strays: z.array(z.string()).exactOptional(),
  verified: z.literal(true).exactOptional(),
} satisfies Readonly<Record<keyof Profile, z.ZodType>>;

const profileSchema: z.ZodType<Profile> = z.object(profileParts);

/** Reads the links of an id. */
export function readLinks(text: string): Links {
  return parseAs(linksSchema, JSON.parse(text));
}

/** Links as a row. There are many, so what is absent is left out. */
export function linksText({ user, email, person, tied }: Links): string {
  const own = { user: user ?? undefined, email: email ?? undefined, person: person ?? undefined };
  return JSON.stringify(tied.length === 0 ? own : { ...own, tied });
}

/** Reads the entry of an address. */
export function readAddress(text: string): AddressLinks {
  return parseAs(addressSchema, JSON.parse(text));
}

/** The entry of an address as a row. */
export function addressText({ since, users, decided, isCrowd, left }: AddressLinks): string {
  const [first] = users;
  const userId = decided === null ? (users.length === 1 ? first?.[0] : undefined) : (decided.userId ?? undefined);
  const isShared = isCrowd || (decided === null && users.length > 1);
  return JSON.stringify({ since, users, userId, isShared, decidedAt: decided?.at, left });
}

/** Reads a profile. */
export function readProfile(text: string): Profile {
  return parseAs(profileSchema, JSON.parse(text));
}

/** A profile as a row. */
export function profileText(profile: Profile): string {
  return JSON.stringify(profile);
}
