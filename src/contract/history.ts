/**
 * What an adapter says of its vendor's past: which lists the vendor's API has, how to page through them, and which webhooks a record stands for.
 * Pure descriptions in `adapters/<id>/history.ts`, which only the command line loads: no Worker contains one.
 */

/** What a request to the vendor's API is given: the values of the variables in `credentials`, by name. */
export type Credentials = Readonly<Record<string, string>>;

/** A variable of the operator's environment. Its value is used while the command runs, and stored nowhere. */
export interface Credential {
  readonly hint: string;
  /** Matches a whole value. */
  readonly format: RegExp;
  /** A key or a token: it is printed nowhere. */
  readonly isSecret: boolean;
  readonly isOptional?: true;
}

/** A request to the vendor's API: https, no redirects. */
export interface HistoryRequest {
  /** One of the history's `hosts`, as it stands there. */
  readonly host: string;
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON: then it is a POST. */
  readonly body?: unknown;
}

/** A part of the past: from a time on, and before another. ISO 8601 UTC. */
export interface Span {
  readonly from: string;
  readonly until: string;
}

/** The answer to a request. */
export interface HistoryAnswer {
  readonly body: unknown;
  readonly headers: { get(name: string): string | null };
}

/** A webhook as the vendor would have sent it, but for the signature. */
export interface PastWebhook {
  /** When it happened, ISO 8601: the event's own time, as the adapter reads it from the body. */
  readonly at: string;
  /** Those that the adapter reads. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: unknown;
  /** It says how something stands, and of no event: it is handed on whatever its time. */
  readonly isState?: true;
}

/** A page of a list: the webhooks of its records, or the names of records to be asked for one by one, and where the next page is. */
export interface HistoryPage {
  readonly webhooks: readonly PastWebhook[];
  readonly records?: readonly string[];
  /** `null` after the last page. */
  readonly next: string | null;
}

/** A list of the vendor's API. */
export interface HistoryList {
  /** What it holds, in the plural: `customers`. */
  readonly name: string;
  /** @param page `next` of the page before; `null` for the first */
  request(span: Span, page: string | null, given: Credentials): HistoryRequest;
  /** Reads a page; `null` if the answer is none. @param since the beginning of the whole past that is told: people from before it are no news */
  read(answer: HistoryAnswer, span: Span, page: string | null, since: string, given: Credentials): HistoryPage | null;
  /** A record that a page names, where the list does not hold it whole. */
  readonly record?: {
    request(name: string, given: Credentials): HistoryRequest;
    read(answer: HistoryAnswer): readonly PastWebhook[] | null;
  };
  /** A shop without this extension answers 404: then there is nothing to read. */
  readonly mayBeAbsent?: true;
}

/** The address of the next page in a `Link` header; `null` where there is none. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function nextLink(header: string | null): URL | null {
  const address = (header ?? "")
    .split(",")
    .map((one) => /<([^>]*)>\s*;\s*rel="?next"?/.exec(one)?.[1])
    .find((one) => one !== undefined);
  return address === undefined ? null : URL.parse(address);
}

/** The events that a vendor keeps, with the ids that their webhooks had. */
export interface KeptEvents extends HistoryList {
  /** Days for which the vendor keeps them, less one for a run that takes long. */
  readonly days: number;
  /** They cannot be asked for by time: they are read page by page, oldest first. */
  readonly isStream?: true;
}

/** What can be told of a vendor's past. */
export interface History {
  /** Hosts; `{NAME}` is replaced by the value of a variable. */
  readonly hosts: readonly string[];
  /** Variables of the environment, by name. */
  readonly credentials: Readonly<Record<string, Credential>>;
  /** Whether these credentials read the vendor's test data. */
  isTest?(given: Credentials): boolean;
  /** How often the vendor may be asked, below what it allows. @see the comment beside it for the source */
  readonly pace: { readonly requests: number; readonly seconds: number };
  /** Lists of people: read first, page by page, in no order of time. */
  readonly people: readonly HistoryList[];
  /** Lists of what happened, each restricted to a span of time. */
  readonly past: readonly HistoryList[];
  /** The vendor's own events: of the days for which it keeps them, they stand in place of the lists. */
  readonly events?: KeptEvents;
  /** What is read after an outage where the vendor keeps no events: only facts whose ids are those of their webhooks. */
  readonly changes?: readonly HistoryList[];
  /** For the documentation, one sentence each. */
  readonly notes: {
    /** Whose ids the events have, and how a fact is kept from counting twice. */
    readonly ids: string;
    /** What the API does not tell. */
    readonly lacks: string;
  };
}
