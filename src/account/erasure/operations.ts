/**
 * What an operator may do about erasing: begin to erase a person, and see how far the erasures are.
 */
import * as z from "zod";
import { requestCompaction } from "../compaction/request.ts";
import { defineOperation, done, refused } from "../operation.ts";
import { compactionSchema } from "../state/state.ts";
import { askShards, joinNames, unansweredBy } from "./across.ts";
import { erasureStatusSchema } from "./job.ts";
import { namesIn } from "./names.ts";
import { reachOf } from "./reach.ts";
import { demandRequest, eraseRequest, namesSchema, reachRequest } from "./request.ts";

const wholeStatusSchema = () => z.object({ erasures: z.array(erasureStatusSchema()), compaction: compactionSchema });

/** Begins to erase a person. */
export const startErasure = defineOperation({
  method: "POST",
  path: "/erase",
  status: 202,
  summary:
    "Begins to erase a person, in the account and its shards: the identity book, waiting events, dead letters, webhooks. It goes on by itself.",
  input: eraseRequest,
  output: () =>
    z.object({
      ...erasureStatusSchema().shape,
      /** The erasures that began in shards of the account. */
      shards: z.array(z.object({ account: z.string(), number: z.number() })).default([]),
    }),
  changes: () => 1,
  refusals: {
    malformed: {
      error: "bad_erasure",
      message:
        "Send application/json with exactly one of userId, email, id (source:kind:id), and customerio: none, delete or suppress; compact: true moves the database afterwards.",
    },
    unusable: { problem: "Why it is not known which shards there are, or that one does not answer." },
  },
  run: async (context, request) => {
    const { account, runSoon } = context;
    const found = await context.configured();
    // Which shards it has is not known then.
    if (found === null) return refused("unusable", "The account cannot be read.");
    const shards = [...found.shards.values()];
    const { userId, email, id } = request;
    const person = { userId, email, id };
    let names = namesIn(request);
    // What one object knows of the person may lead further in another.
    for (let before = ""; shards.length > 0 && before !== JSON.stringify(names); ) {
      before = JSON.stringify(names);
      const own = reachOf(account, names);
      const asked = await askShards(context, shards, "erase.reach", { ...person, also: own }, namesSchema);
      if (!asked.ok) return unansweredBy(asked.shard, "nothing has begun");
      names = joinNames([own, ...asked.answers.map(({ value }) => value)]);
    }
    const all = shards.length === 0 ? request : { ...request, also: names };
    const begun = await askShards(context, shards, "erase.start", all, z.object({ number: z.number() }));
    if (!begun.ok) return unansweredBy(begun.shard, "the erasure may have begun in others, which does no harm");
    const status = account.erasures.start(all, account.now());
    if (request.compact) requestCompaction(account.state, account.now());
    runSoon();
    return done({ ...status, shards: begun.answers.map(({ shard, value }) => ({ account: shard, number: value.number })) });
  },
});

/** By what an erasure would find a person. */
export const reachOfErasure = defineOperation({
  method: "POST",
  path: "/erase/reach",
  summary:
    "Says by which identifiers an erasure would find a person, as far as this object's own identity book leads to them. It changes nothing.",
  input: reachRequest,
  output: () => namesSchema,
  changes: () => 0,
  refusals: {
    malformed: {
      error: "bad_person",
      message:
        "Send application/json with exactly one of userId, email and id (source:kind:id), and more names of the person in also.",
    },
  },
  run: ({ account }, request) => done(reachOf(account, namesIn(request))),
});

/** Begins to erase what one source told of a person. */
export const demandErasure = defineOperation({
  method: "POST",
  path: "/erase/demand",
  status: 202,
  summary:
    "Begins to erase what one source told of a person, as its vendor demands. The object that gets the demand asks the account's other one, which may know the person from before.",
  input: demandRequest,
  output: erasureStatusSchema,
  changes: () => 1,
  refusals: {
    malformed: { error: "bad_erasure", message: "Send application/json with source, addresses, ids, references and profiles." },
  },
  run: ({ account, runSoon }, demand) => {
    const status = account.erasures.adopt(demand, account.now());
    runSoon();
    return done(status);
  },
});

/** How far the erasures are, and the last compaction. */
export const erasureStatus = defineOperation({
  method: "GET",
  path: "/erase",
  summary: "How far the erasures are, the newest first, and how the last compaction ended; in the account and its shards.",
  input: z.strictObject({}),
  output: () =>
    z.object({
      ...wholeStatusSchema().shape,
      /** Those of the shards; `null` where one does not answer. */
      shards: z.array(z.object({ account: z.string(), erasures: z.array(erasureStatusSchema()).nullable() })).default([]),
    }),
  refusals: {},
  run: async (context) => {
    const { erasures, state } = context.account;
    const found = [...((await context.configured())?.shards.values() ?? [])];
    const shards = await Promise.all(
      found.map(async (shard) => {
        const asked = await askShards(context, [shard], "erase.status", {}, wholeStatusSchema());
        return { account: shard.name, erasures: asked.ok ? (asked.answers[0]?.value.erasures ?? null) : null };
      }),
    );
    return done({ erasures: erasures.status(), compaction: state.current().compaction, shards });
  },
});
