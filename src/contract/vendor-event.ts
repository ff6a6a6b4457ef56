/**
 * The input and output of reading a webhook: a request, and its vendor events.
 */

/** A verified request, parsed but not yet checked against the adapter's schema. Header names are lower case. */
export interface WebhookInput {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** What the core knows about a webhook beside its content. */
export interface Arrival {
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  /** SHA-256 of the raw body, hex: with the type, the dedupe id of vendors that sign no id. */
  readonly bodyHash: string;
  /** The signed delivery id, where the scheme has one. */
  readonly nonce?: string;
  /** Where a batch is read item by item: the place of this one, from 0. `"0"` for a webhook that is not a batch. */
  readonly place: string;
}

/** One thing that happened: the unit of dedupe, ledger and dead letters. */
export interface VendorEvent {
  /** Unique within the source and covered by the signature: an id in the signed bytes, the signed nonce, or a hash of the body. */
  readonly id: string;
  /** The vendor's own name of the event; it selects the handler. */
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** True for the vendor's test mode. */
  readonly test: boolean;
  readonly data: unknown;
  /** The signed tenant, where one secret serves several. */
  readonly tenant?: string;
  /** A reason of the adapter to leave this event out, whatever its type. */
  readonly ignore?: string;
}
