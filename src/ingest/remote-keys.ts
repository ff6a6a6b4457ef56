/**
 * Public keys that vendors publish: fetched from their own hosts, kept in the isolate's memory, asked for sparingly.
 */
import type { RemoteKeys } from "../contract/verify/verifier.ts";
import { bodyBudget, readBody } from "./body.ts";

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

/** Most addresses of one host that are tried for the first time within that: a stranger may name any that fits an adapter's pattern. */
const MOST_NEW = 10;

/** Addresses remembered at the most. */
const MOST_ADDRESSES = 100;

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

/** The published keys of all vendors, for one isolate. */
export function remoteKeys(surroundings: RemoteSurroundings): RemoteKeys {
  const { now, timeout = TIMEOUT } = surroundings;
  const addresses = new Map<string, Known>();

  const mayAsk = (url: string, known: Known): boolean => {
    const isRecent = ({ askedAt }: Known) => now() - askedAt < PAUSE;
    const sameHost = ([other, { text }]: readonly [string, Known]) => text === null && new URL(other).host === new URL(url).host;
    const isCrowded = () => [...addresses].filter((entry) => sameHost(entry) && isRecent(entry[1])).length >= MOST_NEW;
    return !isRecent(known) && (known.text !== null || !isCrowded());
  };

  const ask = async (url: string, known: Known): Promise<void> => {
    const text = await download(url, surroundings);
    if (text === null) return;
    known.text = text;
    known.fetchedAt = now();
  };

  return {
    read: async (url, lacking) => {
      if (!isPublic(url)) return null;
      const known = addresses.get(url) ?? {
        text: null,
        fetchedAt: 0,
        askedAt: Number.NEGATIVE_INFINITY,
        asking: Promise.resolve(),
      };
      if (now() - known.fetchedAt >= FRESH || (lacking !== undefined && known.text === lacking)) {
        if (mayAsk(url, known)) {
          known.askedAt = now();
          known.asking = ask(url, known);
          remember(addresses, url, known);
        }
        await settled(known.asking, timeout);
      }
      return now() - known.fetchedAt < LAST_RESORT ? known.text : null;
    },
  };
}

/** Waits for a request that may be another's: if that one is given up by its caller, the platform never ends it. */
async function settled(asking: Promise<void>, timeout: number): Promise<void> {
  const late = new Promise((resolve) => AbortSignal.timeout(timeout).addEventListener("abort", resolve));
  await Promise.race([asking, late]);
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
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeout) });
    if (response.status !== 200) {
      await response.body?.cancel();
      return null;
    }
    const body = await readBody(response.body, LARGEST, bodyBudget(LARGEST).lease());
    return body.ok ? new TextDecoder().decode(body.bytes) : null;
  } catch {
    return null;
  }
}
