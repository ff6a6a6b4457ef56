/**
 * What the steps of a setup share: what it starts from, what is set up, and how it ends.
 */
import type { Exit } from "../exit-codes.ts";
import type { Answers } from "./answers.ts";
import type { Prompts } from "./prompts.ts";
import type { Wishes } from "./questions.ts";
import type { SecretValues } from "./secret-files.ts";
import type { Needed } from "./secrets.ts";

/** What a setup starts from. */
export interface SetupRequest {
  readonly wishes: Wishes;
  /** A file of secrets, absolute; `null` if there is none. */
  readonly secretsFile: string | null;
  /** Whether Customer.io is left alone. */
  readonly isOffline: boolean;
  /** Whether nothing is uploaded. */
  readonly isDryRun: boolean;
  /** Where samples go, as the option of the command has it; `null` if it is not said. */
  readonly test: string | null;
  /** `null` where nobody can be asked. */
  readonly prompts: Prompts | null;
  readonly say: (text: string) => void;
}

/** A setup of which everything is known. */
export interface Setup {
  readonly request: SetupRequest;
  readonly answers: Answers;
  /** The address of the Worker; `null` if it is not known. */
  readonly url: string | null;
  readonly needed: readonly Needed[];
  /** The secrets that are known, each in its format. */
  readonly given: SecretValues;
}

/** The end of a setup. */
export type SetupEnd = { readonly exit: "ok" } | { readonly exit: Exclude<Exit, "ok">; readonly problem: string };

/** The end where a person says no. */
export const CANCELLED: SetupEnd = { exit: "failed", problem: "Cancelled: nothing was changed." };
