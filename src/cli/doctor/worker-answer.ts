/**
 * Asks a Worker, deployed or on a machine of one's own.
 */
import type { Fetch } from "./connection.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 15_000;

/** What a Worker answered. `json` is `null` where the text is none. */
export interface Answered {
  readonly status: number;
  readonly json: unknown;
}

/** Asks with a token, where there is one. @returns `null` if nothing answers */
export async function ask(url: URL, token: string | null, fetch: Fetch): Promise<Answered | null> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(url.href, { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    const text = await response.text();
    return { status: response.status, json: parsed(text) };
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
