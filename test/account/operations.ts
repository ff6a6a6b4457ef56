/**
 * Operations of the table, performed on the parts of an account that a test holds.
 */
import type * as z from "zod";
import type { Operation, OperationContext } from "../../src/account/operation.ts";
import { OPERATIONS, type OperationInput, type OperationName, type OperationOutput } from "../../src/account/operations.ts";
import type { Parts } from "./support.ts";

type Table = {
  readonly [Name in OperationName]: Pick<Operation, "perform"> & { output(): z.ZodType<OperationOutput<Name>> };
};

const TABLE: Table = OPERATIONS;

/** What an operation answers, checked by its schema; the name of the refusal and what it says where it is refused. */
export async function operate<Name extends OperationName>(
  { tools, account }: Parts,
  name: Name,
  input: OperationInput<Name>,
  shard: OperationContext["shard"] = () => {
    throw new TypeError("this account has no shards");
  },
): Promise<OperationOutput<Name>> {
  const operation = TABLE[name];
  const answer = await operation.perform(
    {
      ...{ account: tools, timeScale: 1, configured: async () => account, shard, wake: () => {}, runSoon: () => {} },
    },
    JSON.stringify(input),
  );
  if (!answer.ok) throw new Error(`${answer.refusal}: ${answer.problem}`);
  return operation.output().parse(JSON.parse(answer.value));
}
