/**
 * The input and output of reading a webhook: a request and its vendor events.
 */

/** A verified request, parsed but not yet checked against the adapter's schema. Header names are lower case. */
export interface WebhookInput {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** What the core knows about a webhook besides its content. */
export interface Arrival {
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  /** SHA-256 of the raw body, hex. Together with the type, it is the dedupe id for vendors that sign no id. */
  readonly bodyHash: string;
  /** The signed delivery id, if the scheme has one. */
  readonly nonce?: string;
  /** The place of this item in the batch, from 0; `"0"` if the webhook is not a batch. */
  readonly place: string;
}

/** One thing that happened: the unit of dedupe, ledger and dead letters. */
export interface VendorEvent {
  /** Unique within the source and covered by the signature: an id in the signed bytes, the signed nonce, or a hash of the body. */
  readonly id: string;
  /** The vendor's name of the event; selects the handler. */
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** True if sent in the vendor's test mode. */
  readonly test: boolean;
  readonly data: unknown;
  /** The version of the vendor's API that shaped the data, where the webhook names it: a new one is told to operators. */
  readonly version?: string | null | undefined;
  /** The signed tenant, if one secret serves several. */
  readonly tenant?: string;
  /** Why the adapter ignores this event regardless of its type. */
  readonly ignore?: string;
}
