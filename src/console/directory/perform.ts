/**
 * Performs the operations on the directory. Loaded when one is asked for.
 */
import * as z from "zod";
import { toolsOf } from "../../config/directory/directory.ts";
import type { DirectoryRecord } from "../../config/directory/record.ts";
import { sourcesIn } from "../../config/schema.ts";
import { counted } from "../../contract/counted.ts";
import { answerOf, placeOf, regionOf, usesOf } from "./answer.ts";
import { add, addSecret, addToken, dropName, recordOf, rename, retire, set } from "./changes.ts";
import { DIRECTORY_OPERATIONS, type DirectoryOperationName, type DirectoryOutput, type DirectoryParsed } from "./operations.ts";
import { reseal } from "./reseal.ts";
import { type DirectoryContext, type DirectoryResult, refusal } from "./result.ts";

/** Accounts of a page. */
const PAGE = 100;

/** Each operation, on a parsed input. */
const PERFORM: {
  readonly [Name in DirectoryOperationName]: (
    context: DirectoryContext,
    input: DirectoryParsed<Name>,
  ) => Promise<DirectoryResult<DirectoryOutput<Name>>>;
} = {
  "directory.list": list,
  "directory.show": show,
  "directory.add": add,
  "directory.set": set,
  "directory.secrets.add": addSecret,
  "directory.secrets.retire": retire,
  "directory.tokens.add": addToken,
  "directory.rename": rename,
  "directory.drop_name": dropName,
  "directory.remove": remove,
  "directory.reseal": reseal,
};

/** The table, as far as parsing needs it. */
const INPUTS: { readonly [Name in DirectoryOperationName]: { readonly input: z.ZodType<DirectoryParsed<Name>> } } =
  DIRECTORY_OPERATIONS;

/** Performs an operation. @param given its input, not checked yet */
export async function performOnDirectory<Name extends DirectoryOperationName>(
  name: Name,
  given: unknown,
  context: Omit<DirectoryContext, "tools">,
): Promise<DirectoryResult<DirectoryOutput<Name>>> {
  const { directory } = context.config;
  const tools = directory === null ? null : await toolsOf(directory);
  if (tools === null) {
    const none = "This Worker has no directory of accounts: set the secret DIRECTORY_KEY (openssl rand -base64 32).";
    return refusal("unusable", "no_directory", directory?.problem ?? none);
  }
  const input = INPUTS[name].input.safeParse(given);
  if (!input.success) return refusal("malformed", "bad_request", problemsOf(input.error, DIRECTORY_OPERATIONS[name].input));
  return PERFORM[name]({ ...context, tools }, input.data);
}

/** Names fields, never what was sent in them. */
function problemsOf({ issues }: z.ZodError, { shape }: z.ZodObject): string {
  const known = Object.keys(shape);
  const wrong = issues.map(({ path }) => path.map(String).join(".")).filter((path) => path !== "");
  const which = wrong.length === 0 ? "" : ` Missing or wrong: ${[...new Set(wrong)].slice(0, 20).join(", ")}.`;
  return `${known.length === 0 ? "It takes no fields." : `It takes ${known.join(", ")}.`}${which}`;
}

async function list(
  { tools }: DirectoryContext,
  { cursor }: DirectoryParsed<"directory.list">,
): Promise<DirectoryResult<DirectoryOutput<"directory.list">>> {
  const { records, next, total } = await tools.object().page(cursor, PAGE);
  const { declared, formerNames } = tools.context;
  const accounts = records.map((record: DirectoryRecord) => ({
    name: record.name,
    was: record.was,
    region: regionOf(record),
    sources: sourcesIn(record.declaration).length,
    secrets: record.secrets.length,
    changedAt: record.changedAt,
    declared: declared.has(record.name) || formerNames.has(record.name),
  }));
  return { ok: true, value: { accounts, total, next } };
}

async function show(
  context: DirectoryContext,
  { name }: DirectoryParsed<"directory.show">,
): Promise<DirectoryResult<DirectoryOutput<"directory.show">>> {
  const found = await recordOf(context, name);
  if (!found.ok) return found;
  const uses = await usesOf(context.operationsOf(placeOf(found.record)));
  return { ok: true, value: { account: await answerOf(found.record, context.tools, uses) } };
}

const standing = z.object({ sources: z.record(z.string(), z.object({ pending: z.number() })) });

async function remove(
  context: DirectoryContext,
  { name, force }: DirectoryParsed<"directory.remove">,
): Promise<DirectoryResult<DirectoryOutput<"directory.remove">>> {
  const found = await recordOf(context, name);
  if (!found.ok) return found;
  const object = context.operationsOf(placeOf(found.record));
  const health = await object.operate("health", "{}");
  const { sources } = health.ok ? standing.parse(JSON.parse(health.value)) : { sources: {} };
  const pending = Object.values(sources).reduce((sum, one) => sum + one.pending, 0);
  if (pending > 0 && !force) {
    const message = `Not delivered yet, and would be lost: ${counted(pending, "event")}. Wait until they are delivered, or lose them with force (--force).`;
    return refusal("conflict", "pending", message);
  }
  // First the data: what is removed from the directory cannot be found again.
  if (!(await object.wipe()))
    return refusal("unusable", "compacting", "Its database moves into a new file. Ask again in a minute.");
  const { uid, revision } = found.record;
  const removed = await context.tools.object().remove(uid, revision);
  context.tools.cache.forget();
  if (!removed) return refusal("conflict", "changed", "The account was changed meanwhile. Look at it, and try again.");
  return { ok: true, value: { removed, pending } };
}
