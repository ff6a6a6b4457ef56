/**
 * What may be found out about a request that was refused: the closed list that log lines draw from. `src/doctor` looks for it, in local runs alone.
 */
import type { Account, Source } from "../config/model.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";

/** The one thing that, had it been otherwise, would have let the request in. */
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

/** A cause, and in a sentence what to do about it. It holds names of the configuration, no payload and no secret. */
export interface Finding {
  readonly cause: Cause;
  readonly advice: string;
}

/**
 * Looks for the causes of a refusal.
 * @param now milliseconds since 1970
 * @returns nothing where nothing fits
 */
export type Diagnose = (request: SignedRequest, source: Source, account: Account, now: number) => Promise<readonly Finding[]>;
