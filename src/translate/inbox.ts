/**
 * What a translation is given: webhooks at their places in the inbox, and events that waited.
 */
import type { EventName } from "./reading.ts";
import type { KeptWebhook } from "./webhook.ts";

/** A webhook at its place in the inbox. */
export interface InboxWebhook extends KeptWebhook {
  readonly seq: number;
  /** The number of its last row. */
  readonly lastSeq: number;
  readonly source: string;
  /** When it was put back from the dead letters, milliseconds since 1970; `null` for what came from the vendor. */
  readonly replayedAt: number | null;
  /** The events that were accepted. */
  readonly events: readonly EventName[];
  /** Events of it that were not kept. */
  readonly duplicates: number;
  readonly ignored: Readonly<Record<string, number>>;
}

/** A webhook that is to be appended to the inbox. */
export type NewWebhook = Omit<InboxWebhook, "seq" | "lastSeq">;

/** An event that waits for its person to become known. */
export interface WaitingEvent extends EventName {
  readonly number: number;
  readonly source: string;
  /** Its webhook, in the source's inbox. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The anonymous ids under which it would leave. */
  readonly strangers: readonly string[];
}

/** The webhooks of a source, oldest first. */
export interface InboxReader {
  /** The next one; `null` where there is none. */
  peek(): InboxWebhook | null;
  /** Goes on to the one behind it. */
  skip(): void;
}

/** When a webhook was accepted, or put back from the dead letters: milliseconds since 1970. */
export function sinceOf({ replayedAt, receivedAt }: InboxWebhook): number {
  return replayedAt ?? receivedAt;
}
