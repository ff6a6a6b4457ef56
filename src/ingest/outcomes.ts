/**
 * The outcomes of a request: one table from the name of an outcome to its answer and log level.
 */
import type { HandshakeAnswer } from "../contract/handshake.ts";
import type { Refusal } from "../contract/verify/verifier.ts";
import type { Level } from "../log-line.ts";
import type { Finding } from "./diagnosis.ts";

/** The answer and log level of one outcome. */
export interface Row {
  readonly status: number;
  readonly level: Level;
  /** The public name, and what its reader must do. Outcomes that a stranger must not tell apart share both. */
  readonly error: string;
  readonly message: string;
  /** Seconds after which a sender should try again. */
  readonly retryAfter?: number;
  readonly allow?: string;
}

const NOT_FOUND = {
  status: 404,
  error: "not_found",
  message: "No endpoint has this URL. Compare it with the URL in the vendor's settings.",
};
const FIX_CONFIGURATION =
  "The operator must fix the configuration: /healthz/details says what is wrong. Send the webhook again later.";
const LATER = "The webhook was not stored. Send it again later.";

/** All outcomes except a stored webhook and an answered handshake. */
export const OUTCOMES = {
  greeted: { status: 200, level: "debug", error: "none", message: "This endpoint accepts webhooks by POST." },
  unknown_route: { ...NOT_FOUND, level: "debug" },
  unknown_account: { ...NOT_FOUND, level: "warn" },
  unknown_source: { ...NOT_FOUND, level: "warn" },
  malformed_url: {
    status: 400,
    level: "warn",
    error: "malformed_url",
    message: "The Host header and the path do not make a URL. Send the request to the URL in the vendor's settings.",
  },
  foreign_host: {
    status: 403,
    level: "warn",
    error: "foreign_host",
    message:
      "A local Worker answers only for 127.0.0.1, [::1] and localhost. A tunnel must rewrite the Host header: ngrok http --host-header=rewrite, cloudflared tunnel --http-host-header=localhost.",
  },
  method_not_allowed: {
    status: 405,
    level: "warn",
    error: "method_not_allowed",
    message: "Send webhooks by POST.",
    allow: "POST",
  },
  unverified: {
    status: 401,
    level: "warn",
    error: "unverified",
    message: "The request could not be verified. The sender and this source must use the same secret and a correct clock.",
  },
  unauthorized: {
    status: 401,
    level: "warn",
    error: "unauthorized",
    message: "Send the ADMIN_TOKEN of this Worker, or a token of the account, as a Bearer token.",
  },
  forbidden: {
    status: 403,
    level: "warn",
    error: "forbidden",
    message: "Send the ADMIN_TOKEN of this Worker: this concerns all accounts.",
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
    message:
      "The body arrived too slowly. Send it again without pauses: within 5 seconds, or at 32 KB per second if it is larger.",
  },
  too_large: {
    status: 413,
    level: "warn",
    error: "too_large",
    message: "The body is larger than this source accepts. Send smaller webhooks.",
  },
  unreadable: {
    status: 400,
    level: "error",
    error: "unreadable",
    message: "The webhook does not have the format of this source's vendor. Compare the URL and the vendor's settings.",
  },
  misconfigured: { status: 503, level: "error", error: "misconfigured", message: FIX_CONFIGURATION, retryAfter: 300 },
  unusable: { status: 503, level: "error", error: "unusable", message: FIX_CONFIGURATION, retryAfter: 300 },
  busy: { status: 503, level: "warn", error: "busy", message: LATER, retryAfter: 10 },
  full: { status: 503, level: "error", error: "full", message: LATER, retryAfter: 300 },
  compacting: { status: 503, level: "warn", error: "compacting", message: LATER, retryAfter: 30 },
  store_failed: { status: 503, level: "error", error: "store_failed", message: LATER, retryAfter: 30 },
  defect: { status: 503, level: "error", error: "defect", message: LATER, retryAfter: 30 },
} as const satisfies Record<string, Row>;

/** The name of an outcome without content of its own. */
export type PlainOutcome = keyof typeof OUTCOMES;

/** The name of any outcome. */
export type Outcome = PlainOutcome | "accepted" | "handshake";

/** The reason of an outcome: the closed list that log lines use. */
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
  | "directory"
  | "removed"
  | "overloaded"
  | "rejected";

/** How a request ended, with everything that its answer, log line and counters need. */
export type Ending = {
  /** Set only if the configuration has this account. */
  readonly account?: string;
  readonly source?: string;
} & (
  | {
      readonly outcome: "accepted";
      readonly tally: Tally;
      readonly first: { readonly id: string; readonly type: string } | null;
      /** Why events of it are ignored: for the log, in local runs only. */
      readonly reasons?: readonly string[];
      /** What the vendor expects in the answer, beside the tally. */
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly outcome: "handshake"; readonly answer: HandshakeAnswer }
  | {
      readonly outcome: PlainOutcome;
      readonly reason?: Reason;
      /** The invalid fields of a verified webhook: for its sender, never for the log. */
      readonly issue?: string;
      /** Why it could not be verified: for the log, in local runs only. */
      readonly likely?: readonly Finding[];
    }
);

/** How many vendor events of one webhook were accepted, were duplicates, or were ignored. */
export interface Tally {
  readonly accepted: number;
  readonly duplicate: number;
  readonly ignored: number;
}

/** Makes an ending without content of its own. */
export function plain(outcome: PlainOutcome, reason?: Reason): Ending {
  return reason === undefined ? { outcome } : { outcome, reason };
}

/** Makes the ending of a verified webhook that is not kept. @param issue names fields, never values */
export function unreadable(reason: Reason, issue: string): Ending {
  return { outcome: "unreadable", reason, issue };
}

/** The level of an outcome's log line. */
export function levelOf(outcome: Outcome): Level {
  return outcome === "accepted" || outcome === "handshake" ? "info" : OUTCOMES[outcome].level;
}

/** The headers of every answer but that to an accepted webhook. Answers are data for programs: no browser is to keep, sniff, frame or run them. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The answer to the sender. */
export function toResponse(ending: Ending): Response {
  // Who gets it has the source's secret and is no browser, and each header takes as long as the rest of the answer.
  if (ending.outcome === "accepted") return Response.json({ ...ending.fields, ...ending.tally });
  if (ending.outcome === "handshake") {
    const { status, body, contentType, headers = {} } = ending.answer;
    // A status such as 204 must have no body.
    return new Response(body === "" ? null : body, {
      status,
      headers: { ...headers, ...HEADERS, "content-type": contentType },
    });
  }
  const row: Row = OUTCOMES[ending.outcome];
  const headers = new Headers(HEADERS);
  if (row.retryAfter !== undefined) headers.set("retry-after", String(row.retryAfter));
  if (row.allow !== undefined) headers.set("allow", row.allow);
  const issue = ending.issue === undefined ? {} : { issue: ending.issue };
  return Response.json(publicAnswer(ending.outcome, issue), { status: row.status, headers });
}

/** The JSON body of an answer. */
export function publicAnswer(outcome: PlainOutcome, more: { readonly issue?: string } = {}) {
  const { status, error, message } = OUTCOMES[outcome];
  return status === 200 ? { message } : { error, message, ...more };
}
