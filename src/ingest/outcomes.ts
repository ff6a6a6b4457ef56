/**
 * How a request can end: one table from the name of the end to what its sender and the log are told.
 */
import type { HandshakeAnswer } from "../contract/handshake.ts";
import type { Refusal } from "../contract/verify/verifier.ts";
import type { Level } from "../log-line.ts";
import type { Finding } from "./diagnosis.ts";

/** What is said about one end. */
export interface Row {
  readonly status: number;
  readonly level: Level;
  /** The public name of the end and what its reader must do; two ends that a stranger must not tell apart share them. */
  readonly error: string;
  readonly message: string;
  /** Seconds after which a sender should try again. */
  readonly retryAfter?: number;
  readonly allow?: string;
}

const NOT_FOUND = {
  status: 404,
  error: "not_found",
  message: "There is nothing here. Compare the URL with the one that was set up.",
};
const MEND = "The operator must mend the configuration; /healthz/details says what is wrong. Send the webhook again later.";
const LATER = "The webhook was not kept. Send it again later.";

/** Every end but a webhook kept and a handshake answered. */
export const OUTCOMES = {
  greeted: { status: 200, level: "debug", error: "none", message: "Webhooks are taken here by POST." },
  unknown_route: { ...NOT_FOUND, level: "debug" },
  unknown_account: { ...NOT_FOUND, level: "warn" },
  unknown_source: { ...NOT_FOUND, level: "warn" },
  foreign_host: {
    status: 403,
    level: "warn",
    error: "foreign_host",
    message:
      "A local Worker answers for 127.0.0.1, [::1] and localhost alone. Let a tunnel rewrite the Host header: ngrok http --host-header=rewrite, cloudflared tunnel --http-host-header=localhost.",
  },
  method_not_allowed: {
    status: 405,
    level: "warn",
    error: "method_not_allowed",
    message: "Webhooks are taken by POST alone.",
    allow: "POST",
  },
  unverified: {
    status: 401,
    level: "warn",
    error: "unverified",
    message: "The request could not be verified. Its sender and this source must share one secret and have the right time.",
  },
  unauthorized: {
    status: 401,
    level: "warn",
    error: "unauthorized",
    message: "Send the ADMIN_TOKEN of this Worker as a Bearer token.",
  },
  unsupported_encoding: {
    status: 415,
    level: "warn",
    error: "unsupported_encoding",
    message: "Send the body without Content-Encoding.",
  },
  slow: {
    status: 408,
    level: "warn",
    error: "slow",
    message: "The body took too long. Send it again without pauses: within 5 seconds, or at 32 KB a second if it is larger.",
  },
  too_large: { status: 413, level: "warn", error: "too_large", message: "The body is larger than this source takes." },
  unreadable: {
    status: 400,
    level: "error",
    error: "unreadable",
    message: "The webhook is not what this source's vendor sends.",
  },
  misconfigured: { status: 503, level: "error", error: "misconfigured", message: MEND, retryAfter: 300 },
  unusable: { status: 503, level: "error", error: "unusable", message: MEND, retryAfter: 300 },
  busy: { status: 503, level: "warn", error: "busy", message: LATER, retryAfter: 10 },
  full: { status: 503, level: "error", error: "full", message: LATER, retryAfter: 300 },
  compacting: { status: 503, level: "warn", error: "compacting", message: LATER, retryAfter: 30 },
  store_failed: { status: 503, level: "error", error: "store_failed", message: LATER, retryAfter: 30 },
  defect: { status: 503, level: "error", error: "defect", message: LATER, retryAfter: 30 },
} as const satisfies Record<string, Row>;

/** The name of an end without content of its own. */
export type PlainOutcome = keyof typeof OUTCOMES;

/** The name of any end. */
export type Outcome = PlainOutcome | "accepted" | "handshake";

/** Why it ended so: the closed list that log lines draw from. */
export type Reason =
  | Refusal
  | "replayed"
  | "path_token"
  | "content_length"
  | "body"
  | "aborted"
  | "parse"
  | "bodies_in_flight"
  | "slow"
  | "busy"
  | "full"
  | "source_full"
  | "compacting"
  | "overloaded"
  | "rejected";

/** The end of a request, with what its answer, its log line and its counters need. */
export type Ending = {
  /** Named only where the configuration knows it. */
  readonly account?: string;
  readonly source?: string;
} & (
  | { readonly outcome: "accepted"; readonly tally: Tally; readonly first: { readonly id: string; readonly type: string } | null }
  | { readonly outcome: "handshake"; readonly answer: HandshakeAnswer }
  | {
      readonly outcome: PlainOutcome;
      readonly reason?: Reason;
      /** Fields that a verified webhook gets wrong: for its sender, never for the log. */
      readonly issue?: string;
      /** Why it could not be verified: for the log, in local runs alone. */
      readonly likely?: readonly Finding[];
    }
);

/** What became of the vendor events of one webhook. */
export interface Tally {
  readonly accepted: number;
  readonly duplicate: number;
  readonly ignored: number;
}

/** How loud the log line of an end is. */
export function levelOf(outcome: Outcome): Level {
  return outcome === "accepted" || outcome === "handshake" ? "info" : OUTCOMES[outcome].level;
}

/** What the sender is told. */
export function toResponse(ending: Ending): Response {
  if (ending.outcome === "accepted") return Response.json(ending.tally, { headers: NOT_STORED });
  if (ending.outcome === "handshake") {
    const { status, body, contentType, headers = {} } = ending.answer;
    // A status such as 204 must have no body at all.
    return new Response(body === "" ? null : body, {
      status,
      headers: { ...headers, ...NOT_STORED, "content-type": contentType },
    });
  }
  const row: Row = OUTCOMES[ending.outcome];
  const headers = new Headers(NOT_STORED);
  if (row.retryAfter !== undefined) headers.set("retry-after", String(row.retryAfter));
  if (row.allow !== undefined) headers.set("allow", row.allow);
  const issue = ending.issue === undefined ? {} : { issue: ending.issue };
  return Response.json(publicAnswer(ending.outcome, issue), { status: row.status, headers });
}

/** The body of an answer. */
export function publicAnswer(outcome: PlainOutcome, more: { readonly issue?: string } = {}) {
  const { status, error, message } = OUTCOMES[outcome];
  return status === 200 ? { message } : { error, message, ...more };
}

const NOT_STORED = { "cache-control": "no-store" };
