/**
 * The message id of a call: the same on every retry and replay, so that Customer.io recognises duplicates. It is a ULID, the documented form.
 * @see https://github.com/ulid/spec
 * @see https://docs.customer.io/integrations/api/track/tag/track-events/track/
 */

/** The parts of a message id. */
export interface MessageIdParts {
  readonly account: string;
  readonly source: string;
  /** The vendor event's id. */
  readonly eventId: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  /** From `callKeys`. */
  readonly callKey: string;
}

/** The parts of a call's key. */
export interface KeyedCall {
  readonly type: string;
  readonly event?: string;
  readonly name?: string;
  /** The key, if it is set already: on calls that the core adds. */
  readonly key?: string;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Ten bits as two digits, the most significant first. */
const TEN_BITS: readonly string[] = Array.from(CROCKFORD).flatMap((high) => Array.from(CROCKFORD, (low) => high + low));

const encoder = new TextEncoder();

/** The time of a ULID has 48 bits. */
const LATEST = 2 ** 48;

/**
 * Makes the message id of a call: 48 bits of time, 80 bits of SHA-256.
 * @returns a ULID, 26 characters
 * @throws RangeError if `occurredAt` is not a time since 1970
 */
export async function messageIdOf(parts: MessageIdParts): Promise<string> {
  const time = Date.parse(parts.occurredAt);
  if (!(time >= 0 && time < LATEST)) throw new RangeError("occurredAt is not a time since 1970");
  // JSON separates the parts without ambiguity.
  const identity = JSON.stringify([parts.account, parts.source, parts.eventId, parts.callKey]);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(identity)));
  return timeDigits(time) + digitsAt(hash, 0) + digitsAt(hash, 5);
}

/** 48 bits as ten digits. */
function timeDigits(time: number): string {
  const [high, low] = [Math.floor(time / 2 ** 20), time % 2 ** 20];
  return twoDigits(high >> 20) + twoDigits(high >> 10) + twoDigits(high) + twoDigits(low >> 10) + twoDigits(low);
}

/** Five bytes as eight digits. */
function digitsAt(bytes: DataView, offset: number): string {
  const [whole, last] = [bytes.getUint32(offset), bytes.getUint8(offset + 4)];
  return twoDigits(whole >> 22) + twoDigits(whole >> 12) + twoDigits(whole >> 2) + twoDigits((whole << 8) | last);
}

/** The last ten bits of a number. */
function twoDigits(bits: number): string {
  return TEN_BITS[bits & 1_023] ?? "";
}

/**
 * Gives each call of a vendor event its key: type, ordinal among calls of the same type and name, name. If an adapter later adds a call of
 * another type or name, the other keys stay the same. Make the keys before calls are left out: ordinals count all calls.
 */
export function callKeys(calls: readonly KeyedCall[]): readonly string[] {
  const seen = new Map<string, number>();
  return calls.map((call) => {
    if (call.key !== undefined) return call.key;
    const name = call.event ?? call.name ?? "";
    const equals = `${call.type}/${name}`;
    const ordinal = seen.get(equals) ?? 0;
    seen.set(equals, ordinal + 1);
    return `${call.type}/${ordinal}/${name}`;
  });
}
