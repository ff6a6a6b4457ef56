/**
 * The end of a setup: a signed webhook for each source, and what Customer.io gets, or would get.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import type { Account, Source } from "../../config/model.ts";
import { localAccounts } from "../accounts.ts";
import { findSource, findSourceOf } from "../configuration.ts";
import { startLocal } from "../local.ts";
import { post } from "../requests.ts";
import { isMessage, type ReceivedCall, receivedCalls } from "../sandbox-calls.ts";
import { localSecrets } from "../secrets.ts";
import { alignColumns } from "../table.ts";
import { type Sample, sampleFor } from "./sample.ts";

/** How the trial of one source ended. */
export interface Tried {
  readonly source: string;
  /** `arrived`: in the sandbox. `accepted`: by a deployed Worker. `no sample`: no sample becomes a call here. */
  readonly kind: "arrived" | "accepted" | "no sample" | "failed";
  /** What happened, for a person. */
  readonly text: string;
}

/** The end of a trial; a problem is why nothing could be tried. */
export type Trial = { readonly ok: true; readonly tried: readonly Tried[] } | { readonly ok: false; readonly problem: string };

/** Milliseconds that the name of a new Worker may take to be known everywhere. */
const NEW_NAME = 60_000;

const tally = z.object({ accepted: z.number(), duplicate: z.number(), ignored: z.number() });

/** Tries sources on this machine: a Worker with only this account, and a sandbox in place of Customer.io. Both are gone afterwards. */
export async function tryLocally(region: "us" | "eu", account: string, sources: readonly string[]): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-setup-"));
  const lines: string[] = [];
  try {
    const accounts = () => {
      const read = localAccounts(region);
      return read.ok ? { ok: true as const, accounts: Object.fromEntries(entryOf(read.accounts, account)) } : read;
    };
    const start = await startLocal({
      ports: { worker: 0, sandbox: 0 },
      directory,
      accounts,
      secrets: () => ({ ...localSecrets(), HOLD_UNKNOWN: "0" }),
      print: (role, line) => lines.push(`${role}: ${line}`),
    });
    if (!start.ok) return start;
    const { urls, stop } = start.local;
    try {
      const tried: Tried[] = [];
      for (const source of sources) tried.push(await trySource(region, account, source, urls));
      const hasFailed = tried.some(({ kind }) => kind === "failed");
      return hasFailed ? { ok: false, problem: failure(tried, lines) } : { ok: true, tried };
    } finally {
      await stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function entryOf<Value>(accounts: Readonly<Record<string, Value>>, name: string): readonly (readonly [string, Value])[] {
  return Object.entries(accounts).filter(([candidate]) => candidate === name);
}

function failure(tried: readonly Tried[], lines: readonly string[]): string {
  const failed = tried.filter(({ kind }) => kind === "failed").map(({ source, text }) => `${source}: ${text}`);
  return [...failed, ...(lines.length === 0 ? [] : ["", "The Worker and the sandbox said:", ...lines])].join("\n");
}

async function trySource(
  region: "us" | "eu",
  account: string,
  name: string,
  urls: Readonly<Record<"worker" | "sandbox", string>>,
): Promise<Tried> {
  const found = findSource(account, name, region);
  if (!found.ok) return { source: name, kind: "failed", text: found.problem };
  const sent = await sendSample(found.source, found.account, urls.worker);
  if (!sent.ok) return sent.tried;
  const { messageIds, event } = sent.sample;
  const calls = await receivedCalls(urls.sandbox, messageIds);
  const arrived = calls.filter((call) => messageIds.some((id) => isMessage(call, id)));
  if (arrived.length < messageIds.length)
    return { source: name, kind: "failed", text: `${event} was accepted, and ${arrived.length} of its calls arrived` };
  const elsewhere = arrived.find((call) => call.region !== region);
  if (elsewhere !== undefined)
    return { source: name, kind: "failed", text: `${event} arrived in ${elsewhere.region}, not in ${region}` };
  return { source: name, kind: "arrived", text: `${event}  ->  ${arrived.map(titleOf).join(", ")}` };
}

/**
 * Sends samples to a deployed Worker. Each becomes an event of an invented person in the workspace.
 * @param bindings the Worker's vars and secrets
 * @param to its address; a new one may take a while to be reachable
 */
export async function tryDeployed(bindings: object, account: string, sources: readonly string[], to: string): Promise<Trial> {
  if (!(await isReachable(to)))
    return { ok: false, problem: `Nothing answers at ${to}/healthz. Send samples later: npm run send -- --help` };
  const tried: Tried[] = [];
  for (const name of sources) {
    const found = findSourceOf(bindings, account, name);
    const sent = found.ok ? await sendSample(found.source, found.account, to) : null;
    if (!found.ok) tried.push({ source: name, kind: "failed", text: found.problem });
    else if (sent?.ok)
      tried.push({ source: name, kind: "accepted", text: `${sent.sample.event}  ->  ${sent.sample.becomes.join(", ")}` });
    else if (sent) tried.push(sent.tried);
  }
  return tried.some(({ kind }) => kind === "failed") ? { ok: false, problem: failure(tried, []) } : { ok: true, tried };
}

/** Whether a Worker answers, now or within a minute. */
async function isReachable(to: string): Promise<boolean> {
  for (const deadline = Date.now() + NEW_NAME; Date.now() < deadline; ) {
    const status = await fetch(new URL("/healthz", to), { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => null,
    );
    if (status === 200 || status === 503) return true;
    await pause(2_000);
  }
  return false;
}

/** What a trial showed, as lines. */
export function linesOfTrial(tried: readonly Tried[]): readonly string[] {
  return alignColumns(tried.map(({ source, kind, text }) => [`  ${source}`, kind, text]));
}

type Sent = { readonly ok: true; readonly sample: Sample } | { readonly ok: false; readonly tried: Tried };

async function sendSample(source: Source, account: Account, to: string): Promise<Sent> {
  const sample = await sampleFor(source, account, Date.now());
  const { name } = source;
  if (sample === null) {
    const text = "none of its samples becomes a call by itself, as with vendors whose events wait for a known person";
    return { ok: false, tried: { source: name, kind: "no sample", text } };
  }
  const answer = await post(sample.request, account.name, name, to);
  const counted = tally.safeParse(jsonOf(answer?.text ?? ""));
  if (answer?.status === 200 && counted.success && counted.data.accepted > 0) return { ok: true, sample };
  const text = answer === null ? `nothing answers at ${to}` : `${sample.event} was answered [${answer.status}] ${answer.text}`;
  return { ok: false, tried: { source: name, kind: "failed", text } };
}

function titleOf({ event }: ReceivedCall): string {
  const person = event.userId ?? event.anonymousId ?? "";
  return `${event.event ?? event.type} (${person})`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
