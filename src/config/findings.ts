/**
 * What is found to be wrong with a configuration: each problem with its place, for the Worker's log and for `npm run doctor`.
 */

/** Every kind of problem. */
export type FindingCode =
  | "adapter_left_out"
  | "bad_name"
  | "bad_option"
  | "bad_url"
  | "demo_secret"
  | "forged_runtime"
  | "local_switch"
  | "missing_option"
  | "missing_secret"
  | "missing_variable"
  | "other_region"
  | "same_name"
  | "same_variable"
  | "sealed"
  | "secret_format"
  | "shard"
  | "shared_token"
  | "unknown_adapter"
  | "unknown_event"
  | "unknown_option"
  | "unknown_source"
  | "unused_key"
  | "weak_secret"
  | "wrong_value";

/** One problem. No text of it contains the value of a variable. */
export interface Finding {
  readonly code: FindingCode;
  /** `error`: the account, the source or the Worker cannot be used. `warning`: the operator should fix it although webhooks are accepted. */
  readonly level: "error" | "warning";
  /** The keys that lead to it from the Worker's variables: `["ACCOUNTS", "acme", "region"]`, `["ACME_BILLING_SECRET"]`. */
  readonly path: readonly string[];
  /** What is wrong, and what to do about it. */
  readonly text: string;
  /** The words that are allowed in this place, if it allows only some. */
  readonly choices?: readonly string[];
}

/** A finding without its level, which depends on where it is collected. */
export type Problem = Omit<Finding, "level">;

/** A problem as a text. @param base the place that the reader knows already */
export function describeProblem({ path, text }: Problem, base: readonly string[] = []): string {
  const isInside = base.every((key, index) => path[index] === key);
  const place = (isInside ? path.slice(base.length) : path).join(".");
  return place === "" ? text : `${place}: ${text}`;
}

/** Several problems as one text. */
export function describeProblems(problems: readonly Problem[], base: readonly string[] = []): string {
  return problems.map((problem) => describeProblem(problem, base)).join("; ");
}
