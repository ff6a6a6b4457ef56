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
  output: () =>
    z.object({
      ...explanationSchema().shape,
      /** The shards of the account: each has a book of its own, which is asked for under its name. */
      shards: z.array(z.string()).default([]),
    }),
  refusals: {
    malformed: { error: "bad_query", message: "name, alone: a user id, an address, or source:kind:id." },
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async ({ account, configured }, { name }) => {
    const found = await configured();
    if (found === null) return refused("unusable");
    const shards = Array.from(found.shards.values(), (shard) => shard.name);
    return done({ ...(await explain(account, found, name)), shards });
  },
});
