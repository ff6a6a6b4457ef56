/**
 * What the Worker and the account object say to each other.
 */
import type { BodyFormat } from "../contract/define.ts";
import type { Unreadable } from "../translate/reading.ts";
import type { DeadLetter, DeadQuery } from "./dead-letters/dead-letters.ts";
import type { ErasureStatus } from "./erasure/job.ts";
import type { EraseRequest } from "./erasure/request.ts";
import type { Hold } from "./outbox/delivery.ts";
import type { ExportPage, PullAnswer, SeedAnswer } from "./people/seed.ts";
import type { Balance } from "./state/ledger.ts";
import type { CompactionStatus } from "./state/state.ts";

/** A verified webhook, as the account object is to keep it. */
export interface AcceptRequest {
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly format: BodyFormat;
  /** Only the headers and query fields that the adapter's schema reads. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly nonce: string | null;
  /** Empty where none of its events is to be kept. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Set where the vendor signs a nonce and not the body. */
  readonly proof: Proof | null;
  /** The events to keep, in order: those whose type is not ignored. */
  readonly events: readonly { readonly id: string; readonly type: string }[];
  /** How many events of this webhook are ignored, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  /** What of it cannot be read: kept, each as a webhook of its own. */
  readonly unreadable: readonly Pick<Unreadable, "id" | "type" | "format" | "body">[];
}

/** A signed nonce and the one body that it is good for. */
export interface Proof {
  /** Whose nonce it is: the adapter's id, since sources of one vendor may share a key. */
  readonly vendor: string;
  readonly nonce: string;
  /** SHA-256, hex. */
  readonly bodyHash: string;
}

/** The end of `accept`. `stored` is said only after the transaction is committed. */
export type AcceptAnswer =
  | { readonly kind: "stored"; readonly accepted: number; readonly duplicate: number }
  /**
   * `busy`: too much waits already. `full`: the store is at its cap. `source_full`: this source holds more than its share.
   * `compacting`: the database moves into a new file. `replayed`: its nonce was used for another body.
   */
  | { readonly kind: "refused"; readonly reason: "busy" | "full" | "source_full" | "compacting" | "replayed" };

/** What the Worker may ask of an account object. */
export interface AccountMethods {
  /** One transaction: dedupe and append. Rejects when the store does. */
  accept(request: AcceptRequest): Promise<AcceptAnswer>;
}

/** How an account is doing, for its operator. */
export interface AccountHealth {
  /** received = delivered + pending + ignored + duplicate + dead + discarded, for each source. */
  readonly sources: Readonly<Record<string, Balance>>;
  /** When the oldest webhook that waits was received, milliseconds since 1970. */
  readonly oldestPending: number | null;
  /** Why nothing is delivered, if so: somebody must act. */
  readonly hold: Hold | null;
  /** Sources of which everything is refused while others are delivered. */
  readonly heldSources: readonly string[];
  /** Failures of the destination in a row. */
  readonly failures: number;
  readonly dead: number;
  /** On disk. */
  readonly bytes: number;
}

/** A dead letter with its webhook as it came. */
export interface DeadWebhook {
  readonly letter: DeadLetter;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** How far erasing is. */
export interface Erasing {
  /** The newest first. */
  readonly erasures: readonly ErasureStatus[];
  readonly compaction: CompactionStatus;
}

/** What an operator may ask of an account object. While the database is moved all but the first wait. */
export interface AccountOperations {
  /** Whether the database is on its way into a new file. */
  isMoving(): Promise<boolean>;
  /** A look at an account also wakes a delivery that lost its alarm. */
  health(): Promise<AccountHealth>;
  /** Dead letters with a number above `after`, oldest first, at most 100; and how many there are in all. */
  findDead(query: DeadQuery, after: number): Promise<{ readonly letters: readonly DeadLetter[]; readonly total: number }>;
  /** A dead letter with its webhook; `null` where there is none of this number. */
  showDead(number: number): Promise<DeadWebhook | null>;
  /** Puts dead letters back at the end of the inbox. @returns how many, at most 500: call again */
  replayDead(query: DeadQuery): Promise<number>;
  /** Gives dead letters up. @returns how many, at most 500: call again */
  discardDead(query: DeadQuery): Promise<number>;
  /** Begins to forget a person. @returns how far that is, with its number */
  erase(request: EraseRequest): Promise<ErasureStatus>;
  /** Moves the database into a new file once no erasure is under way. */
  compact(): Promise<void>;
  /** How far the erasures are, and the last compaction. */
  erasing(): Promise<Erasing>;
  /** Takes rows into the identity book, and sends nothing; `null` while the account cannot be read. */
  seedIdentities(rows: readonly unknown[]): Promise<SeedAnswer | null>;
  /** Takes a page of the vendor's customers into the identity book. @param page what the page before gave as `next` */
  pullIdentities(source: string, page: string | null): Promise<PullAnswer>;
  /** A page of the identity book. @param after what the page before gave as `next`; empty for the first */
  exportIdentities(after: string): Promise<ExportPage>;
}
