/**
 * Public keys that vendors publish: fetched from the vendors' hosts, cached in the isolate, with limits on the requests.
 */
import type { RemoteKeys } from "../contract/verify/verifier.ts";
import { readBody } from "./body.ts";
import type { Sender } from "./sender.ts";
import { sharesOf } from "./shares.ts";

/** Largest document, bytes. */
const LARGEST = 64 * 1024;

/** Timeout of a request with its body, milliseconds. */
const TIMEOUT = 3000;

/** How long a document is used from the cache, milliseconds. A key that a vendor withdrew is trusted for no longer than this. */
const FRESH = 60 * 60 * 1000;

/** How long a cached document is used while a new one cannot be fetched, milliseconds. */
const LAST_RESORT = 24 * 60 * 60 * 1000;

/** Shortest time between two requests to one address, milliseconds. */
const PAUSE = 60 * 1000;

/**
 * Requests per minute, for all senders together, to addresses that have given no document so far: a stranger may name any address that fits
 * an adapter's pattern. Unused attempts are carried over, so a single minute can have twice as many.
 */
export const MOST_NEW = 60;

/** Most addresses in the cache. */
export const MOST_ADDRESSES = 100;

/** A public DNS name: no IP address and no port. */
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const PRIVATE = /\.(local|localhost|internal|intranet|lan|home|arpa|test|invalid)$/;

/** The cache entry of an address. */
interface CacheEntry {
  /** The document; `null` before the first answer. */
  text: string | null;
  /** When the document was fetched, and when the last request began, milliseconds since 1970. */
  fetchedAt: number;
  askedAt: number;
  /** The last request. */
  asking: Promise<void>;
}

/** Options of the cache. */
export interface RemoteKeysOptions {
  /** Default: the platform's `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Timeout of a request, milliseconds. */
  readonly timeout?: number;
}

/** The published keys of all vendors. */
export interface PublishedKeys {
  /** The keys for a request. The addresses that it names count against the share of its sender only. */
  for(senderOf: () => Sender): RemoteKeys;
}

/**
 * Opens the cache of one isolate. Per minute it makes at most twice `MOST_NEW` requests to addresses that requests named and that have given
 * no document so far, and one to each of at most `MOST_ADDRESSES` that have, or that are configured.
 */
export function remoteKeys(options: RemoteKeysOptions): PublishedKeys {
  const { now, timeout = TIMEOUT } = options;
  const addresses = new Map<string, CacheEntry>();
  const shares = sharesOf(MOST_NEW);

  const ask = async (url: string, entry: CacheEntry): Promise<void> => {
    const text = await download(url, options);
    if (text === null) return;
    entry.text = text;
    entry.fetchedAt = now();
  };

  const read = async (url: string, lacking: string | undefined, mayTry: () => boolean): Promise<string | null> => {
    if (!isPublic(url)) return null;
    const entry = addresses.get(url) ?? {
      text: null,
      fetchedAt: 0,
      askedAt: Number.NEGATIVE_INFINITY,
      asking: Promise.resolve(),
    };
    if (now() - entry.fetchedAt >= FRESH || (lacking !== undefined && entry.text === lacking)) {
      if (now() - entry.askedAt >= PAUSE && (entry.text !== null || mayTry())) {
        entry.askedAt = now();
        entry.asking = ask(url, entry);
        remember(addresses, url, entry);
      }
      await waitFor(entry.asking, timeout);
    }
    return now() - entry.fetchedAt < LAST_RESORT ? entry.text : null;
  };

  return {
    for: (senderOf) => ({
      read: (url, lacking) => read(url, lacking, () => true),
      readNamed: (url) =>
        read(url, undefined, () => {
          const { name, share } = senderOf();
          return shares.take(name, now(), share * MOST_NEW);
        }),
    }),
  };
}

/** Waits for a fetch, at most `timeout`: another request may have started it, and if that one is cancelled, the fetch never ends. */
async function waitFor(asking: Promise<void>, timeout: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, timeout);
  await Promise.race([asking, late.promise]);
  clearTimeout(timer);
}

/** Whether this is the https URL of a public host, in normal form, without user, password or port. */
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

/** Adds an address as the newest. If the cache is full, the oldest address without a document is removed, else the oldest. */
function remember(addresses: Map<string, CacheEntry>, url: string, entry: CacheEntry): void {
  addresses.delete(url);
  const oldest = [...addresses].find(([, { text }]) => text === null) ?? addresses.entries().next().value;
  if (addresses.size >= MOST_ADDRESSES && oldest) addresses.delete(oldest[0]);
  addresses.set(url, entry);
}

/** Downloads a text; `null` for an error, a redirect, or an answer that is too large. */
async function download(
  url: string,
  { fetch = (address, init) => globalThis.fetch(address, init), timeout = TIMEOUT }: RemoteKeysOptions,
): Promise<string | null> {
  // Not `AbortSignal.timeout`: its timer runs on after the answer, and an isolate has a limited number of timers.
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
