/**
 * How many bytes of bodies one isolate holds, and for which sources. A body that is still being read is not proven by anything: it makes room
 * for others, the oldest of the source that holds most first. So a sender that stops in the middle takes nothing from those who go on.
 */

/** Bytes of bodies that are held at a time. */
export interface BodyShares {
  readonly total: number;
  /** Of bodies whose sender is not proven yet. */
  readonly unproven: number;
  /** Of one source, proven or not; no less than the largest body. */
  readonly source: number;
}

const MEBIBYTE = 1024 * 1024;

/** What one isolate holds. */
export const BODY_SHARES: BodyShares = { total: 16 * MEBIBYTE, unproven: 8 * MEBIBYTE, source: 6 * MEBIBYTE };

/**
 * How long a body that was read is counted when room is needed, milliseconds. The platform ends requests without letting them clean up, when
 * their senders go away: what they held would be counted for ever.
 */
const LONGEST_HOLD = 60_000;

/** Counts the bytes that are held at the moment. */
export interface BodyBudget {
  /** A share for one request. @param source what tells its source from all others */
  lease(source: string): Lease;
}

/** One request's share of a budget. */
export interface Lease {
  /** Takes so many bytes more, from others where need be; `false` where there are none to be had: the lease is then over. */
  take(bytes: number): boolean;
  /** Called when this body has to make room for another; the lease is then over. */
  onEvicted(call: () => void): void;
  /** The body is read: it makes room for no other any more. */
  complete(): void;
  /** Its sender is proven. */
  prove(): void;
  /** Gives everything back. */
  end(): void;
}

/** What one lease holds. */
interface Holding {
  readonly source: Holder;
  bytes: number;
  state: "reading" | "complete" | "proven" | "over";
  /** When the body was read, milliseconds since 1970. */
  completedAt: number;
  evicted: () => void;
}

/** What one source holds. */
interface Holder {
  readonly name: string;
  bytes: number;
  readingBytes: number;
  /** Bodies that are being read, the oldest first. */
  readonly reading: Set<Holding>;
  leases: number;
}

/** A budget of these shares. @param now milliseconds since 1970 */
export function bodyBudget(now: () => number, shares: BodyShares = BODY_SHARES): BodyBudget {
  const sources = new Map<string, Holder>();
  /** Bodies that were read, the oldest first. */
  const complete = new Set<Holding>();
  let total = 0;
  let unproven = 0;

  const count = (holding: Holding, bytes: number): void => {
    holding.bytes += bytes;
    holding.source.bytes += bytes;
    total += bytes;
    if (holding.state !== "proven") unproven += bytes;
    if (holding.state === "reading") holding.source.readingBytes += bytes;
  };

  const end = (holding: Holding): void => {
    if (holding.state === "over") return;
    const { source } = holding;
    count(holding, -holding.bytes);
    holding.state = "over";
    source.reading.delete(holding);
    complete.delete(holding);
    source.leases -= 1;
    if (source.leases === 0) sources.delete(source.name);
  };

  /** The source that has to make room for so many bytes more; `null` where there is room. */
  const crowded = ({ source }: Holding, more: number): Holder | null => {
    if (source.bytes + more > shares.source) return source;
    if (unproven + more <= shares.unproven && total + more <= shares.total) return null;
    const weight = (holder: Holder) => holder.readingBytes + (holder === source ? more : 0);
    return [...sources.values()].reduce((most, holder) => (weight(holder) > weight(most) ? holder : most), source);
  };

  /** Counts no more what has been held for so long that its request must be gone. */
  const forgetOldest = (): boolean => {
    const [oldest] = complete;
    if (oldest === undefined || now() - oldest.completedAt < LONGEST_HOLD) return false;
    end(oldest);
    return true;
  };

  const makeRoom = (holding: Holding, more: number): boolean => {
    for (let holder = crowded(holding, more); holder !== null; holder = crowded(holding, more)) {
      const [oldest] = holder.reading;
      if (forgetOldest()) continue;
      if (oldest === undefined || oldest === holding) return false;
      end(oldest);
      oldest.evicted();
    }
    return true;
  };

  const holderOf = (name: string): Holder => {
    const holder = sources.get(name) ?? { name, bytes: 0, readingBytes: 0, reading: new Set<Holding>(), leases: 0 };
    sources.set(name, holder);
    holder.leases += 1;
    return holder;
  };

  return {
    lease: (name) => {
      const holding: Holding = {
        source: holderOf(name),
        bytes: 0,
        state: "reading",
        completedAt: 0,
        evicted: () => undefined,
      };
      return {
        take: (bytes) => {
          if (holding.state !== "reading") return false;
          holding.source.reading.add(holding);
          const hasRoom = makeRoom(holding, bytes);
          if (hasRoom) count(holding, bytes);
          else end(holding);
          return hasRoom;
        },
        onEvicted: (call) => {
          holding.evicted = call;
        },
        complete: () => {
          if (holding.state !== "reading") return;
          holding.source.readingBytes -= holding.bytes;
          holding.source.reading.delete(holding);
          holding.state = "complete";
          holding.completedAt = now();
          complete.add(holding);
        },
        prove: () => {
          if (holding.state !== "complete") return;
          unproven -= holding.bytes;
          holding.state = "proven";
        },
        end: () => end(holding),
      };
    },
  };
}
