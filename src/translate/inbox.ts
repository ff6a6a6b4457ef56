/**
 * The input of translation: webhooks of the inbox, and waiting events.
 */
import type { EventName } from "./reading.ts";
import type { KeptWebhook } from "./webhook.ts";

/** An event of a webhook that was not kept: it is ignored, or known already. */
export interface SkippedEvent extends EventName {
  /** Why it is ignored; `null` for a duplicate. */
  readonly reason: string | null;
  /** When it was received, milliseconds since 1970. */
  readonly at: number;
}

/** What the event log tells of a webhook. Translation reads none of it. */
export interface WebhookNotes {
  /** When it was stored, milliseconds since 1970. */
  readonly keptAt?: number;
  /** The secret that verified it, counted from 1, and how many the source had. */
  readonly verified?: readonly [secret: number, of: number];
  /** The label of that secret, where it has one. */
  readonly secret?: string;
  /** Its events that were not kept, as far as there was room for them. */
  readonly skipped?: readonly SkippedEvent[];
  /** An operator imported it: its vendor did not send it here. */
  readonly imported?: true;
  /** Of a replay: the sequence number of the webhook that was replayed. */
  readonly replayOf?: number;
}

/** A webhook in the inbox. */
export interface InboxWebhook extends KeptWebhook {
  readonly seq: number;
  /** The sequence number of its last row. */
  readonly lastSeq: number;
  readonly source: string;
  /** When it was replayed from the dead letters, milliseconds since 1970; `null` if it came from the vendor. */
  readonly replayedAt: number | null;
  /** The events that were accepted. */
  readonly events: readonly EventName[];
  /** How many of its events were duplicates. */
  readonly duplicates: number;
  /** How many of its events were ignored, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly notes?: WebhookNotes;
}

/** A webhook without its place in the inbox. */
export type NewWebhook = Omit<InboxWebhook, "seq" | "lastSeq">;

/** An event that waits: for an unknown person, or for a reference to lead to one. */
export interface WaitingEvent extends EventName {
  readonly number: number;
  readonly source: string;
  /** The sequence number of its webhook. */
  readonly seq: number;
  /** What it waits for: an unknown person, or a reference that leads to nobody yet. */
  readonly what: "person" | "reference";
  /** When the wait ends, milliseconds since 1970. */
  readonly until: number;
  /** The keys that are looked at. */
  readonly keys: readonly string[];
}

/** The webhooks of a source, oldest first. */
export interface InboxReader {
  /** The current one; `null` after the last. */
  peek(): InboxWebhook | null;
  /** Moves to the next one. */
  skip(): void;
  /** The current one and later ones, as far as they are read already. */
  ahead(): readonly InboxWebhook[];
}

/** When a webhook was accepted or replayed, milliseconds since 1970. */
export function sinceOf({ replayedAt, receivedAt }: InboxWebhook): number {
  return replayedAt ?? receivedAt;
}
