/**
 * Receives a request for a source: verifies its sender, keeps the webhook, and only then acknowledges it.
 */
import type { AcceptRequest, Proof } from "../account/rpc.ts";
import { findAccount } from "../config/account.ts";
import type { Account, Source } from "../config/model.ts";
import { homeOf } from "../config/shards.ts";
import type { RequestHead } from "../contract/verify/verifier.ts";
import { keptParts } from "../translate/kept.ts";
import { readBody } from "./body.ts";
import type { Lease } from "./body-budget.ts";
import { handshakesOf, shakeHands } from "./handshakes.ts";
import { interpret } from "./interpret.ts";
import { keepNonce, proofOf, refusalOf } from "./keep.ts";
import { type Ending, plain, unreadable } from "./outcomes.ts";
import { type Proven, prove, verify } from "./prove.ts";
import type { ReceiveTools } from "./receive-tools.ts";
import { declaredLength, headOf, type Route } from "./request-head.ts";

const NO_BODY = new Uint8Array(0);

/** Receives one request for a source. @returns how it ended; a failure of ours is thrown */
export async function receive(request: Request, route: Route, tools: ReceiveTools): Promise<Ending> {
  const { config } = tools;
  if (config.problems.length > 0) return plain("misconfigured");
  const accountState = await findAccount(config, route.account);
  if (accountState === null) return plain("unknown_account");
  // Where the directory does not answer, the name may be a stranger's invention.
  if (!accountState.ok)
    return accountState.isUnknown ? plain("unusable", "directory") : { ...plain("unusable"), account: route.account };
  const { account } = accountState;
  // The webhooks of a shard have the URL of its account.
  if (account.shardOf !== null) return plain("unknown_account");
  const sourceState = account.sources.get(route.source);
  if (sourceState === undefined) return { ...plain("unknown_source"), account: account.name };
  const ending = sourceState.ok ? await receiveFor(sourceState.source, account, request, route, tools) : plain("unusable");
  return { account: account.name, source: route.source, ...ending };
}

async function receiveFor(
  source: Source,
  account: Account,
  request: Request,
  route: Route,
  tools: ReceiveTools,
): Promise<Ending> {
  if (route.token !== null && !source.configured.verifier.usesPathToken) return plain("unknown_source", "path_token");
  const head = headOf(request, route, source);
  if (head.method === "HEAD") return plain("greeted");
  if (head.method === "GET") return greet(source, account, head, tools);
  if (head.method !== "POST") return plain("method_not_allowed");
  const { budget, clock } = tools;
  const newLease = () => budget.lease(`${account.name}/${source.name}`);
  const lease = newLease();
  const diagnose = tools.config.runtime === "local" ? tools.diagnose : undefined;
  const copy = diagnose && request.clone();
  try {
    const ending = await receivePost(source, account, head, request, lease, tools);
    if (ending.outcome !== "unverified" || !diagnose || !copy) return ending;
    const copyLease = newLease();
    const guard = { lease: copyLease, clock, declared: declaredLength(copy) };
    const body = await readBody(copy.body, source.configured.bodyLimit, guard);
    copyLease.end();
    const likely = body.ok ? await diagnose({ ...head, body: body.bytes }, source, account, tools.now) : [];
    return likely.length === 0 ? ending : { ...ending, likely };
  } finally {
    lease.end();
    clock.end();
  }
}

/** GET is a handshake, or, like HEAD, a check that the endpoint exists. */
async function greet(source: Source, account: Account, head: RequestHead, tools: ReceiveTools): Promise<Ending> {
  const unsigned = await shakeHands(handshakesOf(source, "GET", "unsigned"), head, null, source);
  if (unsigned !== null) return { outcome: "handshake", answer: unsigned };
  const ofSigned = handshakesOf(source, "GET", "signed");
  const verdict = ofSigned.length > 0 ? await verify(source, head, NO_BODY, tools) : null;
  if (verdict?.ok) {
    const signed = await shakeHands(ofSigned, head, null, source);
    const proof = await proofOf(source, NO_BODY, verdict.nonce ?? null);
    if (signed !== null) return keepNonce({ outcome: "handshake", answer: signed }, proof, source, account, tools);
  }
  return plain("greeted");
}

async function receivePost(
  source: Source,
  account: Account,
  head: RequestHead,
  request: Request,
  lease: Lease,
  tools: ReceiveTools,
): Promise<Ending> {
  const proven = await prove(source, head, request, lease, tools);
  if (!proven.ok) return proven.ending;
  const proof = proven.nonce === null ? null : await proofOf(source, proven.bytes, proven.nonce);
  const judged = await judge(source, head, proven, proof, tools);
  if (!judged.isKept) return keepNonce(judged.ending, proof, source, account, tools);
  const home = homeOf(account, source.name);
  const result = await tools.handOver(judged.webhook, {
    account: home,
    accountObject: () => tools.accountObject(home),
    waitUntil: tools.waitUntil,
    after: tools.clock.after,
  });
  if (result.kind !== "stored") return refusalOf(result);
  const { accepted, duplicate } = result;
  const { ignored, first, fields, reasons } = judged;
  return { outcome: "accepted", tally: { accepted, duplicate, ignored }, first, reasons, fields };
}

type Accepted = Extract<Ending, { readonly outcome: "accepted" }>;

/** What becomes of a verified request: it is kept, with what its answer tells then, or not. */
type Judged =
  | ({ readonly isKept: true; readonly webhook: AcceptRequest; readonly ignored: number } & Required<
      Pick<Accepted, "first" | "fields" | "reasons">
    >)
  | { readonly isKept: false; readonly ending: Ending };

/** Reads a verified request. What was parsed is let go: garbage collections while the webhook is handed over would copy it. */
async function judge(
  source: Source,
  head: RequestHead,
  { bytes, nonce, verified }: Extract<Proven, { readonly ok: true }>,
  proof: Proof | null,
  { now, keys }: ReceiveTools,
): Promise<Judged> {
  const contentType = head.headers.get("content-type");
  const visit = async (url: string) => (await keys.readNamed(url)) !== null;
  const read = await interpret({ head, body: bytes, nonce, contentType, receivedAt: now }, source, visit);
  if (read.kind === "refused") return { isKept: false, ending: unreadable("parse", read.issue) };
  if (read.kind === "handshake") return { isKept: false, ending: { outcome: "handshake", answer: read.answer } };
  const { body, events, skipped, unreadable: unread, ignored } = await keptParts(read.reading, bytes);
  const { receivedAt, format, headers, query } = read.webhook;
  const secret = source.secretLabels?.[verified[0] - 1];
  const first = read.reading.events[0]?.event ?? read.reading.unreadable[0];
  return {
    isKept: true,
    webhook: {
      source: source.name,
      receivedAt,
      format,
      headers,
      query,
      nonce,
      body,
      proof,
      events,
      ignored,
      skipped,
      verified,
      unreadable: unread,
      ...(secret === undefined ? {} : { secret }),
    },
    ignored: Object.values(ignored).reduce((sum, times) => sum + times, 0),
    first: first === undefined ? null : { id: first.id, type: first.type },
    reasons: Object.keys(ignored),
    fields: read.fields,
  };
}
