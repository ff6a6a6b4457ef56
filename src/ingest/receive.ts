/**
 * The way of a webhook up to its acknowledgement, in the one order that matters: nothing is read before its sender could be right,
 * and nothing is acknowledged before it is kept.
 */
import type { AcceptAnswer, AcceptRequest, AccountMethods } from "../account/rpc.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Config, Source } from "../config/model.ts";
import type { WebhookInput } from "../contract/define.ts";
import { agreesWithType, formatOf } from "../contract/formats.ts";
import { parseBody, parseUnproven } from "../contract/parse.ts";
import { encode } from "../contract/verify/encoding.ts";
import type { Refusal, RemoteKeys, RequestHead, Verdict } from "../contract/verify/verifier.ts";
import { readBody, type Unread } from "./body.ts";
import type { BodyBudget, Lease } from "./body-budget.ts";
import { classify } from "./classify.ts";
import type { Clock } from "./clock.ts";
import type { Diagnose } from "./diagnosis.ts";
import { HANDSHAKE_LIMIT, handshakesOf, shakeHands } from "./handshakes.ts";
import type { Ending, PlainOutcome, Reason } from "./outcomes.ts";

/** Most vendor events of one webhook. */
export const MOST_EVENTS = 1000;

/** Longest id and longest type of a vendor event, characters; and all of one webhook together, which are kept in one value. */
const LONGEST_NAME = 512;
const LONGEST_NAMES = 250_000;

/** Never kept, whatever an adapter reads. */
const NEVER_KEPT: readonly string[] = ["authorization", "cookie"];

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
  if (head.method === "HEAD") return plain(greeting(source));
  if (head.method === "GET") return greet(source, head, surroundings);
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
async function greet(source: Source, head: RequestHead, surroundings: Surroundings): Promise<Ending> {
  const unsigned = await shakeHands(handshakesOf(source, "GET", "unsigned"), head, null, source);
  if (unsigned !== null) return { outcome: "handshake", answer: unsigned };
  const ofSigned = handshakesOf(source, "GET", "signed");
  if (ofSigned.length > 0 && (await verify(source, head, new Uint8Array(0), surroundings)).ok) {
    const signed = await shakeHands(ofSigned, head, null, source);
    if (signed !== null) return { outcome: "handshake", answer: signed };
  }
  return plain(greeting(source));
}

function greeting({ adapter }: Source): PlainOutcome {
  return adapter.answersGet ? "greeted" : "method_not_allowed";
}

async function receivePost(
  source: Source,
  account: Account,
  head: RequestHead,
  request: Request,
  lease: Lease,
  surroundings: Surroundings,
): Promise<Ending> {
  const { accountObject, now } = surroundings;
  const proof = await prove(source, head, request, lease, surroundings);
  if (!proof.ok) return proof.ending;
  const { bytes, nonce } = proof;

  const { adapter, configured } = source;
  const format = formatOf(adapter.format, bytes);
  if (!agreesWithType(adapter.format, bytes, head.headers.get("content-type")))
    return unreadable("parse", "Content-Type names another format than the body has");
  const parsed = parseBody(bytes, format);
  if (!parsed.ok) return unreadable("parse", parsed.issue);
  const answer = await shakeHands(handshakesOf(source, "POST", "signed"), head, parsed.value, source);
  if (answer !== null) return { outcome: "handshake", answer };

  const input: WebhookInput = { body: parsed.value, ...whatIsKept(source, head) };
  const read = configured.read(input, {
    receivedAt: new Date(now).toISOString(),
    bodyHash: encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), "hex"),
    ...(nonce === null ? {} : { nonce }),
  });
  if (!read.ok) return unreadable("schema", read.issue);
  const { events } = read;
  const names = events.reduce((sum, { id, type }) => sum + id.length + type.length, 0);
  if (events.length > MOST_EVENTS || names > LONGEST_NAMES) return plain("too_many_events");
  if (events.some(({ id, type }) => id === "" || id.length > LONGEST_NAME || type.length > LONGEST_NAME)) {
    return unreadable("event_id", "an event has no id, or an id or type that is too long");
  }

  const { kept, ignored } = classify(events, source);
  const { headers, query } = input;
  const result = await accept(() => accountObject(account), {
    source: source.name,
    receivedAt: now,
    format,
    headers,
    query,
    nonce,
    body: bytes,
    events: kept,
    ignored,
  });
  if (result.kind === "failed") return plain(result.reason === "overloaded" ? "busy" : "store_failed", result.reason);
  if (result.kind === "refused") return plain(result.reason === "source_full" ? "full" : result.reason, result.reason);
  const tally = { accepted: result.accepted, duplicate: result.duplicate, ignored: events.length - kept.length };
  return { outcome: "accepted", tally, first: events[0] ?? null };
}

/** How a request ends whose body was not read. */
const UNREAD = { body: "too_large", bodies_in_flight: "busy", aborted: "unreadable", slow: "slow" } as const satisfies Record<
  Unread,
  PlainOutcome
>;

/** A body that its sender is proven to have sent, or how the request ends without one. */
type Proof =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly nonce: string | null }
  | { readonly ok: false; readonly ending: Ending };

async function prove(
  source: Source,
  head: RequestHead,
  request: Request,
  lease: Lease,
  { now, clock, keys }: Surroundings,
): Promise<Proof> {
  const end = (ending: Ending): Proof => ({ ok: false, ending });
  const { adapter, configured } = source;
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

  for (const handshake of bytes.length <= HANDSHAKE_LIMIT ? handshakes : []) {
    const parsed = parseUnproven(bytes, handshake.format ?? formatOf(adapter.format, bytes));
    const answer = parsed.ok ? await shakeHands([handshake], head, parsed.value, source) : null;
    if (answer !== null) return end({ outcome: "handshake", answer });
  }
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

function headOf(request: Request, { token }: Route, { publicUrl }: Source): RequestHead {
  const url = new URL(request.url);
  // Byte for byte as it came: parsing would spell some characters anew. `Host` plays no part.
  const [address = ""] = request.url.split("#");
  const query = address.includes("?") ? address.slice(address.indexOf("?")) : "";
  const tokenAsSent = token === null ? "" : url.pathname.slice(url.pathname.lastIndexOf("/"));
  return {
    method: request.method,
    url: publicUrl === null ? "" : publicUrl + tokenAsSent + query,
    headers: request.headers,
    query: url.searchParams,
    pathToken: token,
  };
}

/** Of headers and query only what the adapter reads, and never what proves the sender. */
function whatIsKept({ adapter, configured }: Source, head: RequestHead): Pick<WebhookInput, "headers" | "query"> {
  const { sensitive } = configured.verifier;
  return {
    headers: pick(adapter.reads.headers, [...sensitive.headers, ...NEVER_KEPT], head.headers),
    query: pick(adapter.reads.query, sensitive.query, head.query),
  };
}

function pick(
  names: readonly string[],
  except: readonly string[],
  from: { get(name: string): string | null },
): Readonly<Record<string, string>> {
  const found = names
    .filter((name) => !except.includes(name))
    .map((name): [string, string | null] => [name, from.get(name)])
    .filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(found);
}

function plain(outcome: PlainOutcome, reason?: Reason): Ending {
  return reason === undefined ? { outcome } : { outcome, reason };
}

function unreadable(reason: Reason, issue: string): Ending {
  return { outcome: "unreadable", reason, issue };
}
