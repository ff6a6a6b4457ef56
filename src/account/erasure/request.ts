/**
 * The request to erase a person.
 */
import * as z from "zod";
import { anonymousIdOf, emailOf, userIdOf } from "../../identity/identifiers.ts";
import type { Demand, PersonNames } from "./names.ts";

const userId = z.string().transform((value, context) => userIdOf(value) ?? refused(context, "no usable user id"));
const email = z.string().transform((value, context) => emailOf(value) ?? refused(context, "no e-mail address"));
const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}:[^:]+:.+$/, "must be source:kind:id")
  .transform((value, context) => {
    const [source = "", kind = "", ...rest] = value.split(":");
    return anonymousIdOf(source, kind, rest.join(":")) ?? refused(context, "no usable id");
  });

function refused(context: { readonly addIssue: (issue: string) => void }, issue: string): never {
  context.addIssue(issue);
  return z.NEVER;
}

const person = z.strictObject({ userId: userId.optional(), email: email.optional(), id: id.optional() });

function isOne({ userId, email, id }: z.output<typeof person>): boolean {
  return [userId, email, id].filter((name) => name !== undefined).length === 1;
}

const names = z.array(z.string().max(1_000)).max(10_000).default([]);

/** By what a person is known. The API takes it from one object of an account for another. */
export const namesSchema = z.strictObject({
  ...{ userIds: names, addresses: names, ids: names, references: names },
}) satisfies z.ZodType<PersonNames>;

/** What a source demands, as the object that got the demand tells it another one. */
export const demandRequest = z.strictObject({
  source: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  ...{ addresses: names, ids: names, references: names },
  /** Keys of the profiles that the source's ids led to. */
  profiles: names,
}) satisfies z.ZodType<Demand>;

/** A person, by one identifier, and by all that is known already. */
export const reachRequest = person
  .extend({ also: namesSchema.optional() })
  .refine(isOne, { error: "exactly one of userId, email, id" });

/** A person, by one identifier. */
export const liftRequest = person.refine(isOne, { error: "exactly one of userId, email, id" });

/** The person, by one identifier, and what Customer.io does with its profile. */
export const eraseRequest = person
  .extend({
    customerio: z.enum(["none", "delete", "suppress"]),
    /** Further names of the person, as `erase.reach` answers them. */
    also: namesSchema.optional(),
    /** Whether the database is compacted afterwards, so that no byte of the person stays in its file. */
    compact: z.boolean().default(false),
  })
  .refine(isOne, { error: "exactly one of userId, email, id" });

/** The request to erase a person. */
export type EraseRequest = z.output<typeof eraseRequest>;
