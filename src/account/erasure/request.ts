/**
 * What an operator says to have a person erased.
 */
import * as z from "zod";
import { anonymousIdOf, emailOf, userIdOf } from "../../identity/identifiers.ts";

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

/** Who is to be erased, by one of their identifiers, and what Customer.io is told. */
export const eraseRequest = z
  .strictObject({
    userId: userId.optional(),
    email: email.optional(),
    id: id.optional(),
    customerio: z.enum(["none", "delete", "suppress"]),
    /** Whether the database moves into a new file afterwards, so that nothing of the person is left in the old one. */
    compact: z.boolean().default(false),
  })
  .refine((request) => [request.userId, request.email, request.id].filter((name) => name !== undefined).length === 1, {
    error: "exactly one of userId, email, id",
  });

/** Who is to be erased. */
export type EraseRequest = z.output<typeof eraseRequest>;
