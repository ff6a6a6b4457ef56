/**
 * Limits the memory for request bodies of one isolate, in total and per source. A body that is still being read is unverified, so it can be
 * evicted to make room: first the oldest body of the source that holds the most bytes. So a stalled sender takes no room from active ones.
 */

/** Most bytes of bodies held at a time. */
export interface BodyShares {
  readonly total: number;
  /** Of bodies whose sender is not verified yet. */
  readonly unproven: number;
  /** Of one source, verified or not; at least the size of the largest body. */
  readonly source: number;
}

const MEBIBYTE = 1024 * 1024;

/** The limits of one isolate. */
export const BODY_SHARES: BodyShares = { total: 16 * MEBIBYTE, unproven: 8 * MEBIBYTE, source: 6 * MEBIBYTE };

/**
 * After this time a complete body is no longer counted if room is needed, milliseconds. When a sender disconnects, the platform ends the
 * request without clean-up, and its bytes would be counted for ever.
 */
const LONGEST_HOLD = 60_000;

/** Counts the bytes that are held now. */
export interface BodyBudget {
  /** Opens the share of one request. @param source unique name of its source */
  lease(source: string): Lease;
}

/** One request's share of a budget. */
export interface Lease {
  /** Takes more bytes, and evicts other bodies if necessary. @returns `false` if there is no room: the lease is then over */
  take(bytes: number): boolean;
  /** Sets a function to call when this body is evicted. The lease is then over. */
  onEvicted(call: () => void): void;
  /** The body was read to its end: it can no longer be evicted. */
  complete(): void;
  /** The sender is verified. */
  prove(): void;
  /** Gives all bytes back. */
  end(): void;
}

/** The bytes of one lease. */
interface Holding {
  readonly source: Holder;
  bytes: number;
  state: "reading" | "complete" | "proven" | "over";
  /** When the body was complete, milliseconds since 1970. */
  completedAt: number;
  evicted: () => void;
}

/** The bytes of one source. */
interface Holder {
  readonly name: string;
  bytes: number;
  readingBytes: number;
  /** Bodies that are being read, oldest first. */
  readonly reading: Set<Holding>;
  leases: number;
}

/** Opens a budget. @param now gives milliseconds since 1970 */
export function bodyBudget(now: () => number, shares: BodyShares = BODY_SHARES): BodyBudget {
  const sources = new Map<string, Holder>();
  /** Complete bodies, oldest first. */
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

  /** The source that must make room for more bytes; `null` if there is room. */
  const crowded = ({ source }: Holding, more: number): Holder | null => {
    if (source.bytes + more > shares.source) return source;
    if (unproven + more <= shares.unproven && total + more <= shares.total) return null;
    const weight = (holder: Holder) => holder.readingBytes + (holder === source ? more : 0);
    return [...sources.values()].reduce((most, holder) => (weight(holder) > weight(most) ? holder : most), source);
  };

  /** Stops counting the oldest complete body if it is so old that its request must be over. */
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
