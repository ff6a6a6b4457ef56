/**
 * What operations on the directory are given, and how they end.
 */
import type { AccountOperations, AccountRemoval } from "../../account/operations.ts";
import type { DirectoryTools } from "../../config/directory/directory.ts";
import type { AccountPlace, Config } from "../../config/model.ts";
import { REFUSAL_STATUS, type RefusalAnswer } from "../refusals.ts";
import type { DirectoryAccount } from "./operations.ts";

/** What operations on the directory work on. */
export interface DirectoryContext {
  readonly config: Config;
  readonly tools: DirectoryTools;
  /** The object of an account. */
  operationsOf(place: AccountPlace): AccountOperations & AccountRemoval;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A refused operation. It never repeats what was sent. */
export interface DirectoryRefusal {
  readonly ok: false;
  readonly answer: RefusalAnswer;
  /** What is wrong with an account, all at once. */
  readonly findings?: DirectoryAccount["findings"];
}

/** How an operation ended. */
export type DirectoryResult<Value> = { readonly ok: true; readonly value: Value } | DirectoryRefusal;

/** Makes a refusal. @param error a code: lower case, with underscores */
export function refusal(why: "malformed" | "absent" | "conflict" | "unusable", error: string, message: string): DirectoryRefusal {
  return { ok: false, answer: { status: REFUSAL_STATUS[why], error, message } };
}
