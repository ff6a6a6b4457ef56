/**
 * Requests to a vendor's API that an adapter describes and the core makes.
 */
import type * as z from "zod";
import type { Draft, Value } from "./drafts.ts";
import type { IdFact } from "./facts.ts";

/** A request that the core makes for an adapter after the acknowledgement, only if an API key is configured: GET, https, no redirects. */
export interface RemoteRequest {
  /** One of the adapter's `hosts`. */
  readonly host: string;
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The look-up of a person that an event names only by id. */
export interface Lookup {
  /** The only hosts that may be requested; `{option}` is replaced by the value of a source's option (a shop's own host). */
  readonly hosts: readonly string[];
  /** The request for this id, or `null` if this kind of id cannot be looked up. */
  request(id: IdFact, apiKey: string): RemoteRequest | null;
  /** A request for less, made where the vendor refuses the first one: the key may not be allowed to read all of it. */
  plainer?(id: IdFact, apiKey: string): RemoteRequest | null;
  /** Maps the answer to drafts; `null` if the answer is not about a person. */
  read(body: unknown): readonly Draft[] | null;
  /**
   * What the answer tells of the events that name this id, as JSON: kept for a day, and given to their handlers as `found`. Only for what the events
   * themselves lack; undefined for nothing.
   */
  found?(body: unknown): Value;
}

/**
 * A look-up on one host, of one kind of id, by a path that ends in the id; the API key is sent as a bearer token.
 * @param schema matches an answer about a person
 */
export function bearerLookup<Schema extends z.ZodType>(definition: {
  readonly host: string;
  readonly kind: string;
  /** Must end in a slash. */
  readonly path: string;
  readonly schema: Schema;
  readonly draft: (found: z.output<Schema>) => Draft;
}): Lookup {
  const { host, path, schema, draft } = definition;
  return {
    hosts: [host],
    request: ({ kind, id }, apiKey) =>
      kind === definition.kind
        ? { host, path: path + encodeURIComponent(id), headers: { authorization: `Bearer ${apiKey}` } }
        : null,
    read: (body) => {
      const found = schema.safeParse(body);
      return found.success ? [draft(found.data)] : null;
    },
  };
}

/** Lists all people that the vendor knows, page by page, to fill the identity book. */
export interface Pull {
  readonly hosts: readonly string[];
  /** @param page `next` of the previous page; `null` for the first */
  request(page: string | null, apiKey: string): RemoteRequest;
  /** The people of a page as drafts, and the next page (`null` after the last). `null` if the answer is not such a page. */
  read(body: unknown): { readonly drafts: readonly Draft[]; readonly next: string | null } | null;
}
