/**
 * Finds why a genuine request was refused: it is verified again with one change at a time. The change that makes it valid names the cause.
 */
import type { Account, Source } from "../config/model.ts";
import type { SignedRequest, Verdict, Verifier } from "../contract/verify/verifier.ts";
import type { Diagnose, Finding } from "../ingest/diagnosis.ts";
import { otherBodies } from "./bodies.ts";
import { otherSecrets } from "./secrets.ts";
import { otherSignatures } from "./signatures.ts";
import { claimedTimes, timeFinding } from "./times.ts";
import { otherUrls } from "./urls.ts";

/** Most verifications of one request. */
const MOST_ATTEMPTS = 200;

/** One change. What is left out stays as it is. */
interface Attempt {
  readonly finding: Finding;
  readonly request?: SignedRequest;
  readonly secrets?: readonly string[];
  readonly verifier?: Verifier;
}

/** Finds the cause of a refusal: at most one, and the clock if that was wrong too. An empty list if no change makes the request valid. */
export const diagnose: Diagnose = async (request, source, account, now) => {
  const { verifier } = source.configured;
  const at = await timeOfSigning(request, source, now);
  const late = at === now ? [] : [timeFinding(now - at)];
  if (late.length > 0 && (await judge(verifier, request, source.secrets, at)).ok) return late;
  for (const attempt of (await attempts(request, source, account, at)).slice(0, MOST_ATTEMPTS)) {
    const tried = attempt.verifier ?? verifier;
    const verdict = await judge(tried, attempt.request ?? request, attempt.secrets ?? source.secrets, at);
    if (verdict.ok) return [...late, attempt.finding];
  }
  return [];
};

/** All changes, most likely first. */
async function attempts(request: SignedRequest, source: Source, account: Account, at: number): Promise<readonly Attempt[]> {
  const { verifier } = source.configured;
  const signatures = await otherSignatures(request, source, at);
  return [
    ...signatures.map(({ finding, headers }) => ({ finding, request: { ...request, headers } })),
    ...source.secrets.flatMap(otherSecrets).map(({ finding, secret }) => ({ finding, secrets: [secret] })),
    ...otherSources(source, account),
    ...otherBodies(request.body).map(({ finding, body }) => ({ finding, request: { ...request, body } })),
    ...(verifier.signsUrl ? otherUrls(request) : []).map(({ finding, url }) => ({ finding, request: { ...request, url } })),
  ];
}

/** The secrets of the account's other sources, each with this source's verifier and with its own. */
function otherSources({ name }: Source, account: Account): readonly Attempt[] {
  const others = Array.from(account.sources.values(), (state) => (state.ok && state.source.name !== name ? [state.source] : []));
  return others.flat().flatMap(({ name: other, configured, secrets }): readonly Attempt[] => {
    const path = `/hooks/${account.name}/${other}`;
    const advice = `The secret of the source "${other}" fits: point the sender at ${path}, or give this source the secret of its own endpoint and mode.`;
    const finding = { cause: "other_source", advice } as const;
    return [
      { finding, secrets },
      { finding, secrets, verifier: configured.verifier },
    ];
  });
}

/** A time at which the signature is not stale; `now` if it is not stale, or if the request contains no such time. */
async function timeOfSigning(request: SignedRequest, source: Source, now: number): Promise<number> {
  const refusalAt = async (time: number) => {
    const verdict = await judge(source.configured.verifier, request, source.secrets, time);
    return verdict.ok ? null : verdict.refusal;
  };
  if ((await refusalAt(now)) !== "stale") return now;
  for (const time of claimedTimes(request)) if ((await refusalAt(time)) !== "stale") return time;
  return now;
}

async function judge(verifier: Verifier, request: SignedRequest, secrets: readonly string[], now: number): Promise<Verdict> {
  const head = verifier.precheck(request, now);
  return head.ok ? verifier.verify(request, secrets, now) : head;
}
