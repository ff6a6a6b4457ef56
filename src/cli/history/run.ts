/**
 * Brings a vendor's history into an account: the way of `backfill` and `recover`.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import type { PastWebhook } from "../../contract/history.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { askOperator } from "../operator.ts";
import { PROGRESS_TERMINAL } from "../printer.ts";
import { type TargetValues, targetOf } from "../profiles.ts";
import { createProgress } from "../progress.ts";
import { cursorFile, readCursor, type SavedJob, writeCursor } from "./cursor-file.ts";
import { deliver, type ImportedWebhook, type Posted } from "./deliver.ts";
import { added, type Job, NO_TALLIES } from "./job.ts";
import { credentialsIn, historians, loadHistory } from "./load.ts";
import { MAY_TRIGGER } from "./options.ts";
import { beginningOf, readPast } from "./read-past.ts";
import { printTallies } from "./report.ts";
import { canTell } from "./tells.ts";
import { createVendorClient } from "./vendor-client.ts";

/** What the command line says. */
export interface Wanted {
  readonly kind: Job["kind"];
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** `null`: as far as it is right. */
  readonly until: number | null;
  readonly mayTrigger: boolean;
  readonly isDry: boolean;
  readonly isAgain: boolean;
  readonly isJson: boolean;
  readonly target: TargetValues;
}

/** A source of the account, as its operator sees it. */
export type FoundSource = OperationOutput<"sources">["sources"][number];

type Found = { readonly ok: true; readonly source: FoundSource } | { readonly ok: false; readonly exit: Exit };

/** The source of the account that a command means. */
export async function findSource(values: TargetValues, name: string): Promise<Found> {
  const answer = await askOperator(values, "sources", {});
  if (!answer.ok) return { ok: false, exit: fail(answer.exit, answer.problem) };
  const source = answer.value.sources.find((one) => one.name === name);
  const names = answer.value.sources.map((one) => one.name);
  if (source === undefined) {
    const shard = await shardFor(values, name);
    const advice = shard === null ? didYouMean(name, names) : ` It has an object of its own: use --account ${shard}`;
    return { ok: false, exit: fail("usage", `The account has no source "${name}".${advice}`) };
  }
  if (!source.ok || source.adapter === null)
    return { ok: false, exit: fail("usage", `The source ${name} cannot be used: ${source.problem}`) };
  return { ok: true, source };
}

/** The account of a source that has an object of its own; `null` if there is none. */
async function shardFor(values: TargetValues, source: string): Promise<string | null> {
  const found = targetOf(values);
  const account = found.ok ? `${found.target.account}.${source}` : "";
  return found.ok && (await askOperator({ ...values, account }, "sources", {})).ok ? account : null;
}

/** Brings it in. */
export async function bringHistory(wanted: Wanted): Promise<Exit> {
  const found = await findSource(wanted.target, wanted.source);
  if (!found.ok) return found.exit;
  const { source } = found;
  const adapter = source.adapter ?? "";
  const history = await loadHistory(adapter);
  if (history === null || !canTell(history, wanted.kind))
    return fail("usage", `${adapter} has no ${wanted.kind}. These have their vendors' past: ${historians().join(", ")}`);
  const credentials = credentialsIn(process.env, history);
  if (!credentials.ok) return fail("usage", credentials.problem);
  if (history.isTest?.(credentials.given) && source.testEvents === "ignore")
    return fail(
      "usage",
      `This key reads the vendor's test data, which ${source.name} ignores: use a key of live mode, or set test_events = "deliver".`,
    );
  const now = Date.now();
  const span = spanOf(wanted, source, now);
  if (!span.ok) return fail("usage", span.problem);
  const target = targetOf(wanted.target);
  if (!target.ok) return fail("usage", target.problem);
  const file = cursorFile(wanted.kind, target.target, source.name);
  const saved = wanted.isDry || wanted.isAgain ? null : readCursor(file);
  if (saved === "unreadable") return fail("usage", `${file} cannot be read. Delete it, or begin --again.`);
  const begun = beginning(wanted, span.until, now, saved);
  if (!begun.ok) return fail(begun.exit, begun.problem);
  const job: Job = { history, given: credentials.given, kind: wanted.kind, ...begun.span };
  return perform(job, begun.place, { wanted, file, saved: begun.saved, target: target.target });
}

type Span = { readonly ok: true; readonly until: number } | { readonly ok: false; readonly problem: string };

/** Where it ends. History ends where webhooks begin: what came by webhook is not told again under another id. */
function spanOf({ kind, since, until, mayTrigger }: Wanted, source: FoundSource, now: number): Span {
  if (since >= now) return { ok: false, problem: "--since is not in the past." };
  if (kind === "recover") return { ok: true, until: Math.min(until ?? now, now) };
  if (until === null && source.since === "unknown")
    return {
      ok: false,
      problem: `Since when ${source.name} gets webhooks is not known: an earlier release counted the first ones. Say it yourself: --until 2026-05-01T09:00:00Z`,
    };
  const live = typeof source.since === "number" ? source.since : now;
  const end = Math.min(until ?? live, now, mayTrigger ? now : now - MAY_TRIGGER);
  if (end <= since)
    return { ok: false, problem: `There is nothing between --since and ${new Date(end).toISOString()}, where webhooks begin.` };
  return { ok: true, until: end };
}

type Begun =
  | {
      readonly ok: true;
      readonly span: Pick<Job, "since" | "until" | "begunAt">;
      readonly place: SavedJob["place"];
      readonly saved: SavedJob | null;
    }
  | { readonly ok: false; readonly exit: "ok" | "usage"; readonly problem: string };

/** From the beginning, from where it was interrupted, or on from where it ended. */
function beginning({ kind, since, mayTrigger }: Wanted, until: number, now: number, saved: SavedJob | null): Begun {
  if (saved === null || (kind === "recover" && saved.finishedAt !== null))
    return { ok: true, span: { since, until, begunAt: now }, place: beginningOf({ kind, since }), saved: null };
  const date = (time: number): string => new Date(time).toISOString();
  if (saved.since !== since)
    return {
      ok: false,
      exit: "usage",
      problem: `There is a ${kind} since ${date(saved.since)}${saved.finishedAt === null ? ", not finished" : ""}. Go on with it by that --since, or begin --again.`,
    };
  if (saved.finishedAt === null) {
    const { begunAt, from, until: end, place } = saved;
    return { ok: true, span: { since: from, until: end, begunAt }, place, saved };
  }
  if (!mayTrigger || saved.until >= until)
    return { ok: false, exit: "ok", problem: `It was finished at ${date(saved.finishedAt)}. To do it once more: --again` };
  // What was left out as too young. People who came meanwhile are read with it.
  const span = { since: saved.until, until, begunAt: now };
  return { ok: true, span, place: beginningOf({ kind, since: saved.until }), saved: null };
}

interface Performance {
  readonly wanted: Wanted;
  readonly file: string;
  readonly saved: SavedJob | null;
  readonly target: { readonly url: string; readonly account: string };
}

async function perform(job: Job, place: SavedJob["place"], { wanted, file, saved, target }: Performance): Promise<Exit> {
  const { source, isDry } = wanted;
  const progress = createProgress(PROGRESS_TERMINAL, 1);
  let tallies = saved?.tallies ?? NO_TALLIES;
  const keep = (at: SavedJob["place"]): void => {
    if (isDry) return;
    const { since: from, until, begunAt, kind } = job;
    const finishedAt = at.stage === "done" ? Date.now() : null;
    const where = { worker: target.url, account: target.account, source };
    const times = { since: wanted.since, from, until, begunAt, finishedAt };
    writeCursor(file, { version: 1, kind, ...where, ...times, place: at, lines: 0, file: "", tallies });
  };
  const machine = {
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    now: () => Date.now(),
    wait: (milliseconds: number) => pause(milliseconds),
    say: progress.say,
  };
  const ended = await readPast(job, place, {
    client: createVendorClient(job.history, job.given, machine),
    deliver: (webhooks) =>
      deliver(webhooks.map(toImport), {
        post: poster(wanted.target, source, isDry),
        wait: machine.wait,
        say: progress.say,
        told: (more, { refused }) => {
          tallies = added(tallies, more);
          for (const { issue } of refused) progress.say(`refused: ${issue}`);
        },
      }),
    save: keep,
    show: (share, text) => progress.show(share ?? 0, `${text}  ${counted(tallies.records, "webhook")}`),
  });
  progress.end();
  if (!ended.ok) {
    const again = isDry ? "" : `\nRead so far: ${counted(tallies.records, "webhook")}. The same command goes on from there.`;
    return fail(ended.exit, ended.problem + again);
  }
  printTallies(tallies, isDry, wanted.isJson, notesOf(job, wanted));
  return tallies.refused === 0 ? "ok" : "failed";
}

function notesOf({ until, since, begunAt, kind, history }: Job, { mayTrigger, isDry }: Wanted): readonly string[] {
  const end = new Date(until).toISOString();
  const kept = history.events?.days;
  return [
    ...(kind === "backfill" ? [`Told until ${end}.`] : []),
    ...(kind === "backfill" && !mayTrigger && until > begunAt - MAY_TRIGGER - 60_000
      ? ["What is younger than 72 hours was left out, since it may start automations: --may-trigger tells it too."]
      : []),
    ...(kind === "recover" && kept !== undefined && since < begunAt - kept * 86_400_000
      ? [`The vendor keeps its events for ${kept + 1} days: what is older only backfill can tell.`]
      : []),
    ...(isDry ? ["Nothing was kept: this was a dry run."] : []),
  ];
}

/** A webhook of the past as an import takes it. */
export function toImport({ headers = {}, body }: PastWebhook): ImportedWebhook {
  return { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** Posts webhooks to the account. */
export function poster(values: TargetValues, source: string, isDry: boolean) {
  return async (webhooks: readonly ImportedWebhook[]): Promise<Posted> => {
    const answer = await askOperator(values, "webhooks.import", { source, webhooks: [...webhooks], dry_run: isDry });
    if (answer.ok) return { ok: true, answer: answer.value };
    const isPassing = answer.exit === "not reachable" || /: 5\d\d /.test(answer.problem);
    return { ok: false, problem: answer.problem, isPassing };
  };
}
