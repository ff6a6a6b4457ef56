/**
 * The way of a webhook up to its acknowledgement, in the one order that matters: nothing is read before its sender could be right,
 * and nothing is acknowledged before it is kept.
 */

import type { AcceptAnswer, AcceptRequest, AccountMethods, Proof } from "../account/rpc.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config, Source } from "../config/model.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import type { Refusal, RemoteKeys, RequestHead, Verdict } from "../contract/verify/verifier.ts";
import type { Reading } from "../translate/reading.ts";
import { readBody, type Unread } from "./body.ts";
import type { BodyBudget, Lease } from "./body-budget.ts";
import type { Clock } from "./clock.ts";
import type { Diagnose } from "./diagnosis.ts";
import { answerUnsigned, HANDSHAKE_LIMIT, handshakesOf, shakeHands } from "./handshakes.ts";
import { interpret } from "./interpret.ts";
import type { Ending, PlainOutcome, Reason } from "./outcomes.ts";

/** Bytes of the ids and types of one webhook's events, as JSON: they are kept in one value, with headers and query. */
const MOST_NAMES = 1_200_000;

const NO_BODY = new Uint8Array(0);

/** What the path of a request names, decoded. */
export interface Route {
  readonly account: string;
  readonly source: string;
  readonly token: string | null;
}

/** What receiving depends on. */
export interface Surroundings {
  readonly config: Config;
  readonly budget: BodyBudget;
  /** When the request came, milliseconds since 1970. */
  readonly now: number;
  /** What its body is timed by. */
  readonly clock: Clock;
  /** The public keys that vendors publish. */
  readonly keys: RemoteKeys;
  /** The account's object. Asked again for a second attempt: a stub that failed stays broken. */
  readonly accountObject: (account: Account) => AccountMethods;
  /** Asked why a request could not be verified: in local runs alone. */
  readonly diagnose?: Diagnose;
}

/** Receives one request for a source and says how it ended. */
export async function receive(request: Request, route: Route, surroundings: Surroundings): Promise<Ending> {
  const { config } = surroundings;
  if (config.problems.length > 0) return plain("misconfigured");
  const accountState = await findAccount(config, route.account);
  if (accountState === null) return plain("unknown_account");
  if (!accountState.ok) return { ...plain("unusable"), account: route.account };
  const { account } = accountState;
  const sourceState = account.sources.get(route.source);
  if (sourceState === undefined) return { ...plain("unknown_source"), account: account.name };
  const ending = sourceState.ok ? await receiveFor(sourceState.source, account, request, route, surroundings) : plain("unusable");
  return { ...ending, account: account.name, source: route.source };
}

async function receiveFor(
  source: Source,
  account: Account,
  request: Request,
  route: Route,
  surroundings: Surroundings,
): Promise<Ending> {
  if (route.token !== null && !source.configured.verifier.usesPathToken) return plain("unknown_source", "path_token");
  const head = headOf(request, route, source);
  if (head.method === "HEAD") return plain("greeted");
  if (head.method === "GET") return greet(source, account, head, surroundings);
  if (head.method !== "POST") return plain("method_not_allowed");
  const { budget, clock } = surroundings;
  const newLease = () => budget.lease(`${account.name}/${source.name}`);
  const lease = newLease();
  const diagnose = surroundings.config.runtime === "local" ? surroundings.diagnose : undefined;
  const copy = diagnose && request.clone();
  try {
    const ending = await receivePost(source, account, head, request, lease, surroundings);
    if (ending.outcome !== "unverified" || !diagnose || !copy) return ending;
    const copyLease = newLease();
    const body = await readBody(copy.body, source.configured.bodyLimit, { lease: copyLease, clock });
    copyLease.end();
    const likely = body.ok ? await diagnose({ ...head, body: body.bytes }, source, account, surroundings.now) : [];
    return likely.length === 0 ? ending : { ...ending, likely };
  } finally {
    lease.end();
  }
}

/** GET: a handshake, or, like HEAD, a look whether somebody is there. */
async function greet(source: Source, account: Account, head: RequestHead, surroundings: Surroundings): Promise<Ending> {
  const unsigned = await shakeHands(handshakesOf(source, "GET", "unsigned"), head, null, source);
  if (unsigned !== null) return { outcome: "handshake", answer: unsigned };
  const ofSigned = handshakesOf(source, "GET", "signed");
  const verdict = ofSigned.length > 0 ? await verify(source, head, NO_BODY, surroundings) : null;
  if (verdict?.ok) {
    const signed = await shakeHands(ofSigned, head, null, source);
    const proof = await proofOf(source, NO_BODY, verdict.nonce ?? null);
    if (signed !== null) return remember({ outcome: "handshake", answer: signed }, proof, source, account, surroundings);
  }
  return plain("greeted");
}

async function receivePost(
  source: Source,
  account: Account,
  head: RequestHead,
  request: Request,
  lease: Lease,
  surroundings: Surroundings,
): Promise<Ending> {
  const { now } = surroundings;
  const proven = await prove(source, head, request, lease, surroundings);
  if (!proven.ok) return proven.ending;
  const { bytes, nonce } = proven;
  const proof = await proofOf(source, bytes, nonce);
  const contentType = head.headers.get("content-type");
  const read = await interpret({ head, body: bytes, nonce, contentType, receivedAt: now }, source);
  if (read.kind === "refused") return remember(unreadable("parse", read.issue), proof, source, account, surroundings);
  if (read.kind === "handshake") {
    return remember({ outcome: "handshake", answer: read.answer }, proof, source, account, surroundings);
  }

  const kept = await whatIsKept(read.reading, bytes);
  const result = await accept(() => surroundings.accountObject(account), {
    ...read.webhook,
    ...kept,
    source: source.name,
    proof,
  });
  if (result.kind !== "stored") return refusalOf(result);
  const { events, unreadable: unread } = read.reading;
  const ignored = Object.values(kept.ignored).reduce((sum, times) => sum + times, 0);
  const tally = { accepted: result.accepted, duplicate: result.duplicate, ignored };
  return { outcome: "accepted", tally, first: events[0]?.event ?? unread[0] ?? null };
}

/** What the account object keeps of a webhook. */
async function whatIsKept(
  { events, unreadable: unread, whole }: Reading,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Pick<AcceptRequest, "body" | "events" | "ignored" | "unreadable">> {
  const taken = events.filter(({ ignored }) => ignored === null).map(({ event: { id, type } }) => ({ id, type }));
  const ignored = new Map<string, number>();
  for (const { ignored: reason } of events) if (reason !== null) ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
  // Delivery reads it again, and then finds all of its events.
  const isTooMuch = utf8Bytes(JSON.stringify(taken)).byteLength > MOST_NAMES;
  const parts = isTooMuch ? [await whole("its events have too many names")] : unread;
  return {
    body: taken.length > 0 && !isTooMuch ? bytes : NO_BODY,
    events: isTooMuch ? [] : taken,
    ignored: isTooMuch ? {} : Object.fromEntries(ignored),
    unreadable: parts.map(({ id, type, format, body }) => ({ id, type, format, body })),
  };
}

/** The nonce that proves this body and no other; `null` where the body itself is signed. */
async function proofOf(
  { adapter, configured }: Source,
  body: Uint8Array<ArrayBuffer>,
  nonce: string | null,
): Promise<Proof | null> {
  if (configured.verifier.covers !== "nonce" || nonce === null) return null;
  const bodyHash = encode(new Uint8Array(await crypto.subtle.digest("SHA-256", body)), "hex");
  return { vendor: adapter.id, nonce, bodyHash };
}

/** Ends a verified request of which nothing is kept but its nonce, where that must count once. */
async function remember(
  ending: Ending,
  proof: Proof | null,
  source: Source,
  account: Account,
  { accountObject, now }: Surroundings,
): Promise<Ending> {
  if (proof === null) return ending;
  const result = await accept(() => accountObject(account), {
    ...{ source: source.name, receivedAt: now, format: "text", headers: {}, query: {}, nonce: proof.nonce, body: NO_BODY },
    ...{ proof, events: [], ignored: {}, unreadable: [] },
  });
  return result.kind === "stored" ? ending : refusalOf(result);
}

function refusalOf(result: Exclude<AcceptResult, { readonly kind: "stored" }>): Ending {
  const { reason } = result;
  if (result.kind === "failed") return plain(reason === "overloaded" ? "busy" : "store_failed", reason);
  switch (result.reason) {
    case "source_full":
      return plain("full", reason);
    case "replayed":
      return plain("unverified", reason);
    default:
      return plain(result.reason, reason);
  }
}

/** How a request ends whose body was not read. */
const UNREAD = { body: "too_large", bodies_in_flight: "busy", aborted: "unreadable", slow: "slow" } as const satisfies Record<
  Unread,
  PlainOutcome
>;

/** A body that its sender is proven to have sent, or how the request ends without one. */
type Proven =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly nonce: string | null }
  | { readonly ok: false; readonly ending: Ending };

async function prove(
  source: Source,
  head: RequestHead,
  request: Request,
  lease: Lease,
  { now, clock, keys }: Surroundings,
): Promise<Proven> {
  const end = (ending: Ending): Proven => ({ ok: false, ending });
  const { configured } = source;
  const handshakes = handshakesOf(source, "POST", "unsigned");
  const promise = configured.verifier.precheck(head, now);
  if (!promise.ok && handshakes.length === 0) return end(plain("unverified", promise.refusal));

  // Without the promise of a proof only a handshake is looked for: whatever else comes is unverified, and nothing more is said of it.
  const refuse = (outcome: PlainOutcome, reason?: Reason) =>
    end(promise.ok ? plain(outcome, reason) : plain("unverified", promise.refusal));
  const limit = promise.ok ? configured.bodyLimit : HANDSHAKE_LIMIT;
  if (!/^(identity)?$/i.test(request.headers.get("content-encoding") ?? "")) return refuse("unsupported_encoding");
  if (Number(request.headers.get("content-length") ?? 0) > limit) return refuse("too_large", "content_length");
  const { verifier } = configured;
  if (verifier.needsNoBody && handshakes.length === 0) {
    const verdict = await verifier.verify({ ...head, body: new Uint8Array(0) }, source.secrets, now, keys);
    if (!verdict.ok) return end(unproven(verdict.refusal));
  }
  const body = await readBody(request.body, limit, { lease, clock });
  if (!body.ok && body.reason === "bodies_in_flight") return end(plain("busy", body.reason));
  if (!body.ok) return refuse(UNREAD[body.reason], body.reason);
  const { bytes } = body;

  const answer = await answerUnsigned(source, head, bytes);
  if (answer !== null) return end({ outcome: "handshake", answer });
  if (!promise.ok) return end(plain("unverified", promise.refusal));
  const verdict = await verifier.verify({ ...head, body: bytes }, source.secrets, now, keys);
  if (verdict.ok) {
    lease.prove();
    return { ok: true, bytes, nonce: verdict.nonce ?? null };
  }
  return end(unproven(verdict.refusal));
}

/** Without the vendor's key nothing is known of the request: it has to come again. */
function unproven(refusal: Refusal): Ending {
  return plain(refusal === "no_key" ? "busy" : "unverified", refusal);
}

/** The end of asking the account object. */
type AcceptResult = AcceptAnswer | { readonly kind: "failed"; readonly reason: "overloaded" | "rejected" };

/** One attempt, and a second where the platform says that it may help. What may have been kept twice is recognised by the store. */
async function accept(accountObject: () => AccountMethods, request: AcceptRequest): Promise<AcceptResult> {
  try {
    return await accountObject().accept(request);
  } catch (error) {
    if (says(error, "overloaded")) return { kind: "failed", reason: "overloaded" };
    if (!says(error, "retryable")) return { kind: "failed", reason: "rejected" };
  }
  try {
    return await accountObject().accept(request);
  } catch {
    return { kind: "failed", reason: "rejected" };
  }
}

/**
 * What the platform says about a failed call of an object.
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
function says(error: unknown, property: "retryable" | "overloaded"): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, property) === true;
}

async function verify(
  source: Source,
  head: RequestHead,
  body: Uint8Array<ArrayBuffer>,
  { now, keys }: Surroundings,
): Promise<Verdict> {
  const { verifier } = source.configured;
  const promise = verifier.precheck(head, now);
  return promise.ok ? verifier.verify({ ...head, body }, source.secrets, now, keys) : promise;
}

/**
 * The URL that the vendor was given, as far as it is known: the configured one, with the slash at its end where the vendor sends one.
 * @param token as sent, behind a slash; empty where there is none
 */
function signedUrl(publicUrl: string, token: string, hasSlash: boolean): string {
  const url = token === "" ? publicUrl : publicUrl.replace(/\/$/, "") + token;
  return hasSlash && !url.endsWith("/") ? `${url}/` : url;
}

function headOf(request: Request, { token }: Route, { publicUrl }: Source): RequestHead {
  const url = new URL(request.url);
  // Byte for byte as it came: parsing would spell some characters anew. `Host` plays no part.
  const [address = ""] = request.url.split("#");
  const query = address.includes("?") ? address.slice(address.indexOf("?")) : "";
  const path = url.pathname.replace(/\/$/, "");
  const tokenAsSent = token === null ? "" : path.slice(path.lastIndexOf("/"));
  return {
    method: request.method,
    url: publicUrl === null ? "" : signedUrl(publicUrl, tokenAsSent, url.pathname.endsWith("/")) + query,
    headers: request.headers,
    query: url.searchParams,
    pathToken: token,
  };
}

function plain(outcome: PlainOutcome, reason?: Reason): Ending {
  return reason === undefined ? { outcome } : { outcome, reason };
}

function unreadable(reason: Reason, issue: string): Ending {
  return { outcome: "unreadable", reason, issue };
}
