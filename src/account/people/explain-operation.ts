/**
 * What an operator may ask about one person.
 */
import * as z from "zod";
import { defineOperation, done, refused } from "../operation.ts";
import { explain } from "./explain.ts";
import { explanationSchema } from "./explanation.ts";

/** What the book knows of a person. Nothing changes. */
export const explainIdentity = defineOperation({
  method: "GET",
  path: "/people/explain",
  summary: "Explains what the identity book knows of a person, from which events, and where an event that names them goes.",
  input: z.strictObject({
    /** A user id, an address, or `<source>:<kind>:<id>`. */
    name: z.string().min(1).max(500),
  }),
  output: explanationSchema,
  refusals: {
    malformed: { error: "bad_query", message: "name, alone: a user id, an address, or source:kind:id." },
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async ({ account, configured }, { name }) => {
    const found = await configured();
    return found === null ? refused("unusable") : done(await explain(account, found, name));
  },
});
