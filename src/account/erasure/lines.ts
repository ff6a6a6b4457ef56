/**
 * Removes lines of the event log that are about an erased person.
 */
import type { InboxWebhook } from "../../translate/inbox.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { withTrail } from "../outbox/store-trail.ts";
import type { AccountRecord } from "../state/state.ts";
import type { isLineAbout } from "./about.ts";

type IsGone = ReturnType<typeof isLineAbout>;

/** The state without such lines. */
export function withoutLines(record: AccountRecord, isGone: IsGone): AccountRecord {
  const { trail } = record.outbox;
  const ended = trail.ended.filter((line) => !isGone(line));
  return ended.length === trail.ended.length ? record : withTrail(record, { ...trail, ended });
}

/** Removes such lines from the notes of a webhook; inside the caller's transaction. */
export function forgetSkipped(entry: InboxWebhook, inbox: Pick<Inbox, "annotate">, isGone: IsGone): void {
  const { skipped = [], ...notes } = entry.notes ?? {};
  const left = skipped.filter((line) => !isGone(line));
  if (left.length < skipped.length) inbox.annotate(entry, { ...notes, skipped: left });
}
