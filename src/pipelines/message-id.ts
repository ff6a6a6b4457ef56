/**
 * The id of a call: the same on every retry and replay, so that Customer.io can tell a repetition, and a ULID, the form that it documents.
 * @see https://github.com/ulid/spec
 * @see https://docs.customer.io/integrations/api/track/tag/track-events/track/
 */

/** What an id is made of. */
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

/** What a call's key is made of. */
export interface KeyedCall {
  readonly type: string;
  readonly event?: string;
  readonly name?: string;
  /** The key of a call that the core makes by itself. */
  readonly key?: string;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Times that fit the 48 bits of a ULID. */
const LATEST = 2 ** 48;

/**
 * Gives the id of a call: 48 bits of time, 80 bits of SHA-256.
 * @returns a ULID, 26 characters
 * @throws RangeError when `occurredAt` is no time since 1970
 */
export async function messageIdOf(parts: MessageIdParts): Promise<string> {
  const time = Date.parse(parts.occurredAt);
  if (!(time >= 0 && time < LATEST)) throw new RangeError("occurredAt is no time since 1970");
  // A JSON array keeps its parts apart whatever they hold.
  const identity = JSON.stringify([parts.account, parts.source, parts.eventId, parts.callKey]);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(identity)));
  const half = (offset: number): string => encode(hash.getUint8(offset) * 2 ** 32 + hash.getUint32(offset + 1), 8);
  return encode(time, 10) + half(0) + half(5);
}

/** A whole number as base 32, most significant digit first. */
function encode(value: number, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32)) text = CROCKFORD.charAt(rest % 32) + text;
  return text;
}

/**
 * Gives each call of a vendor event its key: type, ordinal among its equals, event name. A call of another kind or name that an adapter adds
 * later changes no other key. Ask for the keys before calls are left out: an ordinal counts them all.
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
