/**
 * What the Worker and the account object say to each other.
 */
import type { BodyFormat } from "../contract/formats.ts";
import type { Unreadable } from "../translate/reading.ts";

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
  /** The events that are ignored, with their reasons, as far as they are listed. */
  readonly skipped?: readonly { readonly id: string; readonly type: string; readonly reason: string }[];
  /** The secret that verified it, counted from 1, and how many the source has. */
  readonly verified?: readonly [secret: number, of: number];
  /** An operator imported it: no vendor sent it. */
  readonly imported?: true;
  /** The label of that secret, where it has one. */
  readonly secret?: string;
  /** What of it cannot be read: kept, each as a webhook of its own. */
  readonly unreadable: readonly Pick<Unreadable, "id" | "type" | "format" | "body">[];
}

/** Many short texts as a long one: to copy each of them to another object, or an object for some of them, takes longer. */
interface Packed {
  readonly text: string;
  readonly lengths: Uint32Array;
}

/** A webhook of many events, as it crosses. */
export interface FlatRequest extends Omit<AcceptRequest, "events" | "skipped"> {
  /** Of each event to keep its id and type. */
  readonly kept: Packed;
  /** Of each event that is listed as ignored its id, type and reason. */
  readonly others: Packed;
}

/** A webhook in either form. Objects know both, for a Worker of an earlier release. */
export type AnyRequest = FlatRequest | AcceptRequest;

/** The form in which a webhook crosses sooner. */
export function flat(request: AcceptRequest): AnyRequest {
  if (request.events.length + (request.skipped?.length ?? 0) < 2) return request;
  const { events, skipped = [], ...rest } = request;
  const kept = packed(events.flatMap(({ id, type }) => [id, type]));
  return { kept, others: packed(skipped.flatMap(({ id, type, reason }) => [id, type, reason])), ...rest };
}

/** The webhook again. */
export function unflat(request: AnyRequest): AcceptRequest {
  if (!("kept" in request)) return request;
  const { kept, others, ...rest } = request;
  const events: { readonly id: string; readonly type: string }[] = [];
  const skipped: { readonly id: string; readonly type: string; readonly reason: string }[] = [];
  const names = unpacked(kept);
  for (let at = 0; at < names.length; at += 2) events.push({ id: names[at] ?? "", type: names[at + 1] ?? "" });
  const lines = unpacked(others);
  for (let at = 0; at < lines.length; at += 3)
    skipped.push({ id: lines[at] ?? "", type: lines[at + 1] ?? "", reason: lines[at + 2] ?? "" });
  return { events, skipped, ...rest };
}

function packed(texts: readonly string[]): Packed {
  return { text: texts.join(""), lengths: Uint32Array.from(texts, ({ length }) => length) };
}

function unpacked({ text, lengths }: Packed): readonly string[] {
  const texts: string[] = [];
  let end = 0;
  for (const length of lengths) {
    texts.push(text.slice(end, end + length));
    end += length;
  }
  return texts;
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
   * `compacting`: the database moves into a new file. `removed`: the account was. `replayed`: its nonce was used for another body.
   */
  | { readonly kind: "refused"; readonly reason: "busy" | "full" | "source_full" | "compacting" | "removed" | "replayed" };

/** What the Worker may ask of an account object. */
export interface AccountMethods {
  /** One transaction: dedupe and append. Rejects when the store does. */
  accept(request: AcceptRequest): Promise<AcceptAnswer>;
  /**
   * Several webhooks in one call, and as a rule in one transaction.
   * @returns the answer to each, in their order; `null` to one that the store failed to keep
   */
  acceptAll(requests: readonly AcceptRequest[]): Promise<readonly (AcceptAnswer | null)[]>;
  /** Tells that requests for a source failed. Nothing depends on it but an alert. @param since the first, milliseconds since 1970 */
  failed(source: string, since: number, count: number): Promise<void>;
}

/** What the sweep may ask of an account object. */
export interface AccountSweep {
  /** Sets the alarm again if something is left to do and the platform has lost it. @returns whether it had */
  sweep(): Promise<boolean>;
}
