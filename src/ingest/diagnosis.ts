/**
 * Causes of a refused request: the closed list that log lines use. `src/doctor` finds them, in local runs only.
 */
import type { Account, Source } from "../config/model.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";

/** The one difference that made verification fail. */
export type Cause =
  | "clock"
  | "signature_encoding"
  | "signature_prefix"
  | "secret_line_break"
  | "secret_quotes"
  | "secret_prefix"
  | "key_encoding"
  | "other_source"
  | "body_rewritten"
  | "url";

/** A cause, and a sentence that says what to do. It contains names of the configuration, but no payload and no secret. */
export interface Finding {
  readonly cause: Cause;
  readonly advice: string;
}

/**
 * Finds the causes of a refusal.
 * @param now milliseconds since 1970
 * @returns an empty list if no known cause fits
 */
export type Diagnose = (request: SignedRequest, source: Source, account: Account, now: number) => Promise<readonly Finding[]>;
