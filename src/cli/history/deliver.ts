/**
 * Hands webhooks to an account's import, as many at a time as one request takes, and waits where the account has enough to do.
 */
import type { OperationInput, OperationOutput } from "../../account/operations.ts";
import { added, NO_TALLIES, type Tallies } from "./job.ts";

/** A webhook as an import takes it. */
export type ImportedWebhook = NonNullable<OperationInput<"webhooks.import">["webhooks"]>[number];

type Answer = OperationOutput<"webhooks.import">;

/** The end of a request: the account's answer, or why there is none. `isPassing`: asking again can help. */
export type Posted =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly problem: string; readonly isPassing: boolean };

/** What delivering needs. */
export interface DeliverTools {
  post(webhooks: readonly ImportedWebhook[]): Promise<Posted>;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Tells what is waited for. */
  readonly say?: (line: string) => void;
  /** Called after each answer. @param from the place of the first webhook of the request among those that were given */
  readonly told?: (tallies: Tallies, answer: Answer, from: number) => void;
}

/** Webhooks and characters of one request, below what an account takes. */
const AT_ONCE = 100;
const CHARACTERS_AT_ONCE = 2_000_000;

/** The first and the longest wait, milliseconds, and attempts without an answer. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const MOST_ATTEMPTS = 6;

const WAITS: Readonly<Record<NonNullable<Answer["stopped"]>, string>> = {
  behind: "the account delivers what it has: vendors' own webhooks go first",
  busy: "the account keeps other webhooks",
  full: "the account's database is full",
  source_full: "the source holds half of the account's room",
  compacting: "the account's database moves",
  removed: "the account was removed",
};

/** Waiting does not help. */
const LASTING: ReadonlySet<string> = new Set(["full", "source_full", "removed"] satisfies Answer["stopped"][]);

/** Delivers all of them, in order. @returns the problem that ended it; `null` once all are kept */
export async function deliver(webhooks: readonly ImportedWebhook[], tools: DeliverTools): Promise<string | null> {
  let from = 0;
  let wait = FIRST_WAIT;
  let attempts = 0;
  while (from < webhooks.length) {
    const page = pageOf(webhooks, from);
    const posted = await tools.post(page);
    if (!posted.ok) {
      attempts += 1;
      if (!posted.isPassing || attempts === MOST_ATTEMPTS) return posted.problem;
      tools.say?.(`${posted.problem}: again in ${wait / 1_000} s`);
    } else {
      attempts = 0;
      const { answer } = posted;
      tools.told?.(talliesOf(answer), answer, from);
      from += answer.done;
      if (answer.done > 0) wait = FIRST_WAIT;
      if (answer.stopped === null) continue;
      if (LASTING.has(answer.stopped)) return `${WAITS[answer.stopped]}: nothing more is kept.`;
      tools.say?.(`${WAITS[answer.stopped]}: again in ${wait / 1_000} s`);
    }
    await tools.wait(wait);
    wait = Math.min(LONGEST_WAIT, 2 * wait);
  }
  return null;
}

function pageOf(webhooks: readonly ImportedWebhook[], from: number): readonly ImportedWebhook[] {
  let size = 0;
  let to = from;
  while (to < webhooks.length && to - from < AT_ONCE) {
    size += webhooks[to]?.body.length ?? 0;
    if (size > CHARACTERS_AT_ONCE && to > from) break;
    to += 1;
  }
  return webhooks.slice(from, to);
}

function talliesOf({
  done,
  accepted,
  duplicate,
  ignored,
  unreadable,
  may_trigger,
  types,
  makes,
  reasons,
  refused,
}: Answer): Tallies {
  const sums = { accepted, duplicate, ignored, unreadable, may_trigger, types, makes, reasons };
  return added(NO_TALLIES, { records: done, ...sums, refused: refused.length });
}
