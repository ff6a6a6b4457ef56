/**
 * Lets a person come back who was erased, or deleted by a vendor: later events about them count again.
 */
import * as z from "zod";
import { openBook } from "../../identity/book.ts";
import { tidy } from "../../identity/profile.ts";
import { resolveSubject } from "../../identity/resolve.ts";
import type { Subject } from "../../identity/subject.ts";
import { defineOperation, done, refused } from "../operation.ts";
import { askShards, unansweredBy } from "./across.ts";
import { liftRequest } from "./request.ts";

const liftedSchema = () =>
  z.object({
    /** Identifiers that no longer count as erased. */
    identifiers: z.number(),
    /** Profiles that no longer count as deleted. */
    deletions: z.number(),
  });

const UNDER_WAY = "An erasure is under way. Look with npx tributary erase status, and lift when it is finished.";

/** Forgets that a person was erased or deleted. What was forgotten of them does not come back. */
export const liftErasure = defineOperation({
  method: "POST",
  path: "/erase/lift",
  summary:
    "Lets a person come back who was erased, or deleted by a vendor, in the account and its shards: later events about them count again.",
  input: liftRequest,
  output: liftedSchema,
  changes: ({ identifiers, deletions }) => identifiers + deletions,
  refusals: {
    malformed: {
      error: "bad_person",
      message: "Send application/json with exactly one of userId, email and id (source:kind:id).",
    },
    conflict: { problem: "Why nobody can come back now, and what to do." },
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async (context, request) => {
    const { account, configured } = context;
    const { userId, email, id } = request;
    const found = await configured();
    if (found === null) return refused("unusable");
    // Before anybody has come back elsewhere.
    if (account.erasures.isOpen()) return refused("conflict", UNDER_WAY);
    const elsewhere = await askShards(context, [...found.shards.values()], "erase.lift", request, liftedSchema());
    if (!elsewhere.ok) {
      const { shard, refusal } = elsewhere;
      if (refusal?.refusal === "conflict") return refused("conflict", `${shard}: ${refusal.problem}`);
      return unansweredBy(shard, "the person has not come back everywhere");
    }
    const { store, book: tables, erased, erasures, now } = account;
    const subject: Subject = {
      userId: userId ?? null,
      email: email === undefined ? null : { value: email, trust: "claimed" },
      people: id === undefined ? [] : [id],
      references: [],
      merged: [],
      mergedUsers: [],
    };
    const of = (name: string | undefined): readonly string[] => (name === undefined ? [] : [name]);
    const hashes = await erased.hashesOf({ userIds: of(userId), addresses: of(email), ids: of(id) });
    return account.alone(async () => {
      // What is still being erased must not be made anew.
      if (erasures.isOpen()) return refused("conflict", UNDER_WAY);
      const book = openBook((keys) => tables.read(keys, now()));
      const resolution = resolveSubject(subject, found.identifiers, book);
      const keys = resolution === null ? [] : [resolution.key, ...resolution.formerKeys];
      const gone = [...new Set(keys)].filter((key) => book.profile(key).deleted?.isGone === true);
      for (const key of gone) book.setProfile(key, tidy({ ...book.profile(key), deleted: undefined }));
      const identifiers = store.transaction(() => {
        tables.write(book.changes(), now());
        return erased.lift(hashes);
      });
      const all = [{ identifiers, deletions: gone.length }, ...elsewhere.answers.map(({ value }) => value)];
      return done({
        identifiers: all.reduce((sum, lifted) => sum + lifted.identifiers, 0),
        deletions: all.reduce((sum, lifted) => sum + lifted.deletions, 0),
      });
    });
  },
});
