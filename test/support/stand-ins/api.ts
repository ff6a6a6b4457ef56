/**
 * Stand-ins for vendors' APIs: they page, limit and refuse as their documentation says. Nothing here needs Node.
 */

/** A record of a vendor, and when it was made, milliseconds since 1970. */
export interface StoredRecord {
  readonly id: string;
  readonly at: number;
  /** When it changed last; when it was made unless given. */
  readonly changedAt?: number;
  readonly value: object;
}

/** The records of a list, by the list's name. */
export type Lists = Readonly<Record<string, readonly StoredRecord[]>>;

/** A request, as a stand-in reads it. */
export interface Asked {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A vendor's API. */
export interface StandIn {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** How many requests were answered, each with its status. */
  readonly statuses: number[];
  /** What is asked for next answers this in place of a page; then the API answers again. */
  readonly faults: { readonly status: number; readonly retryAfter?: string }[];
}

/** Makes the API of one host. @param answer a page, or a refusal */
export function standIn(host: string, answer: (asked: Asked) => Response): StandIn {
  const statuses: number[] = [];
  const faults: StandIn["faults"] = [];
  return {
    statuses,
    faults,
    fetch: async (address, init) => {
      const url = new URL(address);
      const headers = new Headers(init.headers);
      if (url.protocol !== "https:" || url.host !== host) throw new Error(`${url.host} is not ${host}`);
      if (init.redirect !== "manual") throw new Error("a redirect would take the key elsewhere");
      const fault = faults.shift();
      const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
      const response =
        fault === undefined
          ? answer({ url, headers, body })
          : new Response("{}", {
              status: fault.status,
              headers: fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter },
            });
      statuses.push(response.status);
      return response;
    },
  };
}

/** Part of a list: behind a record, at most so many. @returns `null` where there is no such record any more */
export function behind(records: readonly StoredRecord[], id: string | null, most: number) {
  const from = id === null ? 0 : records.findIndex((one) => one.id === id) + 1;
  if (id !== null && from === 0) return null;
  return { page: records.slice(from, from + most), isMore: records.length > from + most };
}

/** A time of a query, milliseconds since 1970; infinite where it is not given. */
export function timeOf(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
