/**
 * Public keys that vendors publish: fetched from their own hosts, kept in the isolate's memory, asked for sparingly.
 */
import type { RemoteKeys } from "../contract/verify/verifier.ts";
import { readBody } from "./body.ts";
import type { Sender } from "./sender.ts";
import { sharesOf } from "./shares.ts";

/** Largest document, bytes. */
const LARGEST = 64 * 1024;

/** How long an answer may take, its body included, milliseconds. */
const TIMEOUT = 3000;

/** How long a document is taken from memory, milliseconds: a key that a vendor withdrew is trusted no longer. */
const FRESH = 60 * 60 * 1000;

/** How long a document may stand in for one that cannot be fetched, milliseconds. */
const LAST_RESORT = 24 * 60 * 60 * 1000;

/** Least time between two requests for one address, milliseconds. */
const PAUSE = 60 * 1000;

/**
 * Addresses that led nowhere so far and are tried within a minute, for all senders together: a stranger may name any that fits an
 * adapter's pattern. What was not used before may be used as well, so in any single minute there are at most twice as many.
 */
export const MOST_NEW = 60;

/** Addresses remembered at the most. */
export const MOST_ADDRESSES = 100;

/** A name in the public DNS: no number, no port, no name of the own machine or network. */
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const PRIVATE = /\.(local|localhost|internal|intranet|lan|home|arpa|test|invalid)$/;

/** What is known of an address. */
interface Known {
  /** `null` before the first answer. */
  text: string | null;
  /** When that was, and when it was last asked, milliseconds since 1970. */
  fetchedAt: number;
  askedAt: number;
  /** The request that was made last. */
  asking: Promise<void>;
}

/** What fetching depends on. */
export interface RemoteSurroundings {
  /** The platform's `fetch`, unless said otherwise. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** The published keys of all vendors. */
export interface PublishedKeys {
  /** The keys as a request of this sender may ask for them: the addresses that it names use up nothing of another's share. */
  for(sender: Sender): RemoteKeys;
}

/**
 * The published keys of all vendors, for one isolate. In any minute it makes at most twice `MOST_NEW` requests for addresses that
 * requests named and that led nowhere so far, and one for each of at most `MOST_ADDRESSES` that did, or that are configured.
 */
export function remoteKeys(surroundings: RemoteSurroundings): PublishedKeys {
  const { now, timeout = TIMEOUT } = surroundings;
  const addresses = new Map<string, Known>();
  const shares = sharesOf(MOST_NEW);

  const ask = async (url: string, known: Known): Promise<void> => {
    const text = await download(url, surroundings);
    if (text === null) return;
    known.text = text;
    known.fetchedAt = now();
  };

  const read = async (url: string, lacking: string | undefined, mayTry: () => boolean): Promise<string | null> => {
    if (!isPublic(url)) return null;
    const known = addresses.get(url) ?? {
      text: null,
      fetchedAt: 0,
      askedAt: Number.NEGATIVE_INFINITY,
      asking: Promise.resolve(),
    };
    if (now() - known.fetchedAt >= FRESH || (lacking !== undefined && known.text === lacking)) {
      if (now() - known.askedAt >= PAUSE && (known.text !== null || mayTry())) {
        known.askedAt = now();
        known.asking = ask(url, known);
        remember(addresses, url, known);
      }
      await settled(known.asking, timeout);
    }
    return now() - known.fetchedAt < LAST_RESORT ? known.text : null;
  };

  return {
    for: ({ name, share }) => ({
      read: (url, lacking) => read(url, lacking, () => true),
      readNamed: (url) => read(url, undefined, () => shares.take(name, now(), share * MOST_NEW)),
    }),
  };
}

/** Waits for a request that may be another's: if that one is given up by its caller, the platform never ends it. */
async function settled(asking: Promise<void>, timeout: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, timeout);
  await Promise.race([asking, late.promise]);
  clearTimeout(timer);
}

/** Is this an https address of a public host, spelled as such addresses are, with nothing that could lead elsewhere? */
function isPublic(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return (
    url !== null &&
    url.href === text &&
    text.startsWith(`https://${url.hostname}/`) &&
    HOST.test(url.hostname) &&
    !PRIVATE.test(url.hostname)
  );
}

/** The newest stand last. Where there are too many, the oldest of those that led nowhere makes room. */
function remember(addresses: Map<string, Known>, url: string, known: Known): void {
  addresses.delete(url);
  const oldest = [...addresses].find(([, { text }]) => text === null) ?? addresses.entries().next().value;
  if (addresses.size >= MOST_ADDRESSES && oldest) addresses.delete(oldest[0]);
  addresses.set(url, known);
}

/** The text at an address; `null` where anything but a whole, small, direct answer comes. */
async function download(
  url: string,
  { fetch = (address, init) => globalThis.fetch(address, init), timeout = TIMEOUT }: RemoteSurroundings,
): Promise<string | null> {
  // Not `AbortSignal.timeout`: its timers run on after the answer, and an isolate has only so many.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  try {
    const response = await fetch(url, { redirect: "manual", signal: late.signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      return null;
    }
    const body = await readBody(response.body, LARGEST);
    return body.ok ? new TextDecoder().decode(body.bytes) : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
