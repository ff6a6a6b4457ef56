/**
 * Decides whether stored data is about the person of an erasure.
 */
import type { Account, Source } from "../../config/model.ts";
import { MERGES } from "../../translate/result.ts";
import { type KeptWebhook, subjectsIn } from "../../translate/webhook.ts";
import type { SentCall } from "./batches.ts";
import type { Job } from "./job.ts";

/** Whether a webhook names the person: by its translation, and by its text, since some events translate to nothing. */
export async function isAbout(job: Job, webhook: KeptWebhook, source: Source | null, sourceName: string): Promise<boolean> {
  const { subjects, isComplete } =
    source === null ? { subjects: [], isComplete: false } : await subjectsIn({ ...webhook, events: null }, source);
  const named = new Set([...job.ids, ...job.references]);
  const isNamed = subjects.some(
    ({ userId, email, people, references }) =>
      (userId !== null && job.userIds.includes(userId)) ||
      (email !== null && job.addresses.includes(email.value)) ||
      [...people, ...references].some((key) => named.has(key)),
  );
  if (isNamed) return true;
  const own = [...named].filter((key) => key.startsWith(`${sourceName}:`)).map((key) => key.split(":").slice(2).join(":"));
  // An address means one person wherever it appears. A short id may mean anything: there the translation decides, if it is complete.
  const needles = isComplete ? job.addresses : [...job.addresses, ...job.userIds, ...own];
  const text = `${decoder.decode(webhook.body)} ${JSON.stringify([webhook.headers, webhook.query])}`.toLowerCase();
  return needles.some((needle) => holds(text, needle.toLowerCase()));
}

/** Whether a call in the outbox is about the person. The erasure of one source covers its own ids and events only. */
export function isCallAbout(job: Job): (call: SentCall, source: string) => boolean {
  return ({ userId, anonymousId, text }, source) => {
    if (job.source !== null && source !== job.source && source !== MERGES) return false;
    if (anonymousId !== undefined && job.ids.includes(anonymousId)) return true;
    if (job.source !== null && source === MERGES) return false;
    if (userId !== undefined && (job.userIds.includes(userId) || job.addresses.includes(userId))) return true;
    const lower = text.toLowerCase();
    return job.addresses.some((address) => holds(lower, address));
  };
}

/** Whether a line of the event log is about the person: some vendors' ids hold an address. */
export function isLineAbout(
  job: Job,
): (line: { readonly id: string; readonly type: string; readonly reason: string | null }) => boolean {
  const own = [...job.ids, ...job.references].map((key) => key.split(":").slice(2).join(":"));
  const needles = [...job.addresses, ...job.userIds, ...own].map((name) => name.toLowerCase());
  return ({ id, type, reason }) => {
    const text = `${id} ${type} ${reason ?? ""}`.toLowerCase();
    return needles.some((needle) => holds(text, needle));
  };
}

const decoder = new TextDecoder();

/** Whether a text contains a name as a whole word, plain or form-encoded; an escape sequence may precede it. */
function holds(text: string, name: string): boolean {
  return [name, encodeURIComponent(name).toLowerCase()].some((spelling) => {
    if (!text.includes(spelling)) return false;
    const word = spelling.replaceAll(/[^a-z0-9]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
    return new RegExp(`(?:(?<![\\w.+-])|(?<=%[0-9a-f]{2}|\\\\[nrt]))${word}(?![\\w-]|\\.\\w)`, "u").test(text);
  });
}

/** The source to translate with; `null` if there is none. */
export function sourceOf(name: string | null, account: Account): Source | null {
  const state = name === null ? undefined : account.sources.get(name);
  return state?.ok ? state.source : null;
}
