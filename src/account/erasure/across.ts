/**
 * Asks the shards of an account, whose objects have books of their own, what an operator asks about a person.
 */
import type * as z from "zod";
import type { Account } from "../../config/model.ts";
import { type OperationAnswer, type OperationContext, type Refused, refused } from "../operation.ts";
import type { PersonNames } from "./names.ts";

type Shard = ReturnType<OperationContext["shard"]>;

/** What all shards answered, or the first that did not, with what it says. */
export type Asked<Value> =
  | { readonly ok: true; readonly answers: readonly { readonly shard: string; readonly value: Value }[] }
  | { readonly ok: false; readonly shard: string; readonly refusal: Refused | null };

/** Asks all of these shards at once. Never rejects. */
export async function askShards<Value>(
  { shard }: OperationContext,
  places: readonly Account[],
  operation: Parameters<Shard["operate"]>[0],
  input: object,
  schema: z.ZodType<Value>,
): Promise<Asked<Value>> {
  const asked = await Promise.all(
    places.map(async (place) => {
      const answer = await answerOf(() => shard(place).operate(operation, JSON.stringify(input)));
      return { shard: place.name, answer };
    }),
  );
  const answers: { readonly shard: string; readonly value: Value }[] = [];
  for (const { shard: name, answer } of asked) {
    if (answer?.ok !== true) return { ok: false, shard: name, refusal: answer };
    answers.push({ shard: name, value: schema.parse(JSON.parse(answer.value)) });
  }
  return { ok: true, answers };
}

/** @returns `null` where the object cannot be reached, or fails */
async function answerOf(ask: () => Promise<OperationAnswer>): Promise<OperationAnswer | null> {
  try {
    return await ask();
  } catch {
    return null;
  }
}

/** That a shard does not answer. @param so what that means */
export function unansweredBy(shard: string, so: string): Refused<"unusable"> {
  return refused("unusable", `The shard ${shard} does not answer, so ${so}. Ask again in a minute.`);
}

/** What any of these name. */
export function joinNames(all: readonly PersonNames[]): PersonNames {
  const join = (pick: (names: PersonNames) => readonly string[]): string[] => [...new Set(all.flatMap(pick))];
  return {
    userIds: join(({ userIds }) => userIds),
    addresses: join(({ addresses }) => addresses),
    ids: join(({ ids }) => ids),
    references: join(({ references }) => references),
  };
}
