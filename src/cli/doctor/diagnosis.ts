/**
 * What the doctor says: each problem with the file and line of its cause, and what to do about it.
 */
import type { FindingCode } from "../../config/findings.ts";
import { counted } from "../../contract/counted.ts";

/** Problems that only the doctor sees, because they concern the files, other environments or Customer.io. */
export type DoctorCode =
  | "account_name_of_demo"
  | "anonymous_events"
  | "bad_schedule"
  | "busy"
  | "cio_region"
  | "clock"
  | "connected"
  | "environment_region"
  | "misplaced_accounts"
  | "missing_binding"
  | "malformed_secret"
  | "missing_file"
  | "missing_migration"
  | "no_accounts"
  | "no_key"
  | "not_ready"
  | "other_version"
  | "question"
  | "refused"
  | "region_confirmed"
  | "same_account_name"
  | "secret_in_file"
  | "shared_key"
  | "shared_secret"
  | "silence"
  | "stray_file"
  | "syntax"
  | "too_large"
  | "too_many"
  | "track_credentials"
  | "track_region"
  | "unknown_account"
  | "unknown_environment"
  | "unknown_section"
  | "unknown_secret"
  | "unknown_variable"
  | "unreachable"
  | "url_in_logs"
  | "no_sweep"
  | "wrong_key"
  | "wrong_region"
  | "wrong_upload"
  | "wrong_url";

/** `error`: it does not work. `warning`: it should be fixed. `ok`: it was tried and works. `question`: only a person can know. */
export type Level = "error" | "warning" | "ok" | "question";

/** One thing that the doctor has to say. */
export interface Diagnosis {
  readonly code: FindingCode | DoctorCode;
  readonly level: Level;
  /** The file, inside the project; `null` if the cause is in none. */
  readonly file: string | null;
  /** Counted from 1; `null` if the file does not have it. */
  readonly line: number | null;
  /** What it is about: `[env.us] acme.sources.billing`, `ACME_BILLING_SECRET`. */
  readonly place: string;
  /** The account that it concerns; `null` if it is not about one. */
  readonly account: string | null;
  /** What is wrong, with the wrong word, and what to do. */
  readonly text: string;
  /** The right word, if one is near the wrong one. */
  readonly suggestion: string | null;
}

/** A diagnosis on one line. */
export function renderDiagnosis({ level, file, line, place, text, suggestion }: Diagnosis): string {
  const where = file === null ? "" : `${file}${line === null ? "" : `:${line}`}  `;
  const about = place === "" ? "" : `${place}: `;
  return `${level.padEnd(8)}  ${where}${about}${text}${suggestion === null ? "" : ` Did you mean ${suggestion}?`}`;
}

/** How many problems of each kind there are, in words. */
export function summary(diagnoses: readonly Diagnosis[]): string {
  const count = (level: Level) => diagnoses.filter((diagnosis) => diagnosis.level === level).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors === 0 && warnings === 0) return "No problems.";
  return `${counted(errors, "error")}, ${counted(warnings, "warning")}.`;
}
