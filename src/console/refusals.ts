/**
 * What an operator is answered where an operation was refused: the same in the API and on the console's pages.
 */
import type { Operation, Refusal, RefusalName } from "../account/operation.ts";

/** Bytes of a request, unless its operation takes more. */
export const LARGEST_REQUEST = 64 * 1024;

/** A refusal for people and programs. It names what is accepted, never what was sent. */
export interface RefusalAnswer {
  readonly status: 400 | 404 | 409 | 413 | 415 | 503;
  readonly error: string;
  readonly message: string;
}

/** The status of each refusal. */
export const REFUSAL_STATUS: Readonly<Record<RefusalName, RefusalAnswer["status"]>> = {
  malformed: 400,
  absent: 404,
  conflict: 409,
  too_large: 413,
  not_json: 415,
  unusable: 503,
  compacting: 503,
};

const COMPACTING = {
  error: "compacting",
  message: "The account's database moves into a new file; vendors are asked to send again. Ask again in a minute.",
};

/** What an operator is answered where an operation was refused. @param cause replaces the answer of the table */
export function answerTo(operation: Operation, refusal: RefusalName, cause: string | null): RefusalAnswer {
  return { status: REFUSAL_STATUS[refusal], ...textOf(operation, refusal, cause) };
}

function textOf(operation: Operation, refusal: RefusalName, cause: string | null): Omit<RefusalAnswer, "status"> {
  if (cause !== null) return { error: refusal, message: cause };
  if (refusal === "compacting") return COMPACTING;
  const { refusals, limit = LARGEST_REQUEST } = operation;
  if (refusal === "too_large")
    return named(refusals.too_large) ?? { error: "too_large", message: `Send at most ${limit} bytes.` };
  return named(refusals[refusal]) ?? named(refusals.malformed) ?? badQuery(operation);
}

/** A refusal whose answer the table has; `null` where only the account knows the cause. */
function named(refusal: Refusal | undefined): Omit<RefusalAnswer, "status"> | null {
  return refusal === undefined || "problem" in refusal ? null : refusal;
}

/** What is said of a filter where there is none. */
export const NO_FILTER = "No filter is known here.";

function badQuery({ input, path }: Operation): Omit<RefusalAnswer, "status"> {
  const known = Object.keys(input.shape).filter((name) => !path.split("/").includes(`:${name}`));
  return { error: "bad_query", message: known.length === 0 ? NO_FILTER : `Each at most once: ${known.join(", ")}.` };
}
