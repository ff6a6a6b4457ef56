/**
 * Reading a body without trusting its length, and without letting bodies fill the isolate.
 */

/** How many bytes of bodies one isolate holds at a time. */
export const BODIES_IN_FLIGHT = 16 * 1024 * 1024;

/** Counts the bytes that are held at the moment. */
export interface BodyBudget {
  /** A share for one request. */
  lease(): Lease;
}

/** One request's share of a budget. */
export interface Lease {
  /** Takes so many bytes more; `false` where the budget does not have them. */
  take(bytes: number): boolean;
  /** Gives everything back. */
  end(): void;
}

/** A budget of so many bytes. */
export function bodyBudget(bytes = BODIES_IN_FLIGHT): BodyBudget {
  let free = bytes;
  return {
    lease: () => {
      let taken = 0;
      return {
        take: (more) => {
          if (more > free) return false;
          free -= more;
          taken += more;
          return true;
        },
        end: () => {
          free += taken;
          taken = 0;
        },
      };
    },
  };
}

/** The end of reading. `aborted`: the sender went away. */
export type BodyResult =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly reason: "body" | "bodies_in_flight" | "aborted" };

/**
 * Reads a body to its end, or to `limit` bytes, whichever comes first. Only bytes that have come are charged to the lease: a sender
 * that announces much and sends nothing takes nothing from others.
 */
export async function readBody(body: ReadableStream<Uint8Array> | null, limit: number, lease: Lease): Promise<BodyResult> {
  if (body === null) return { ok: true, bytes: new Uint8Array(0) };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > limit) return await giveUp(reader, "body");
      if (!lease.take(next.value.length)) return await giveUp(reader, "bodies_in_flight");
      chunks.push(next.value);
    }
  } catch {
    return { ok: false, reason: "aborted" };
  }
  return { ok: true, bytes: join(chunks, size) };
}

async function giveUp(reader: ReadableStreamDefaultReader, reason: "body" | "bodies_in_flight"): Promise<BodyResult> {
  // The rest is not wanted; whether the sender hears of that changes nothing.
  await reader.cancel().catch(() => undefined);
  return { ok: false, reason };
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
