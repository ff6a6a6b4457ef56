/**
 * The files that Postman imports, as far as they are used here.
 * @see https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
 */

/** A name with its value. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A script that Postman runs after a request. */
export interface Script {
  readonly listen: "test";
  readonly script: { readonly type: "text/javascript"; readonly exec: readonly string[] };
}

/** A request. */
export interface RequestItem {
  readonly name: string;
  readonly request: {
    readonly method: "GET" | "POST";
    readonly url: string;
    readonly description?: string;
    readonly header: readonly Pair[];
    readonly auth: Auth;
    readonly body?: { readonly mode: "raw"; readonly raw: string };
  };
  readonly event: readonly Script[];
  /** What was signed must arrive as it is. */
  readonly protocolProfileBehavior: { readonly disableUrlEncoding: boolean; readonly followRedirects: boolean };
}

/** How a request authenticates; the parameters are those of its type. */
export type Auth =
  | { readonly type: "noauth" }
  | { readonly type: "basic"; readonly basic: readonly (Pair & { readonly type: "string" })[] }
  | { readonly type: "bearer"; readonly bearer: readonly (Pair & { readonly type: "string" })[] };

/** A folder of requests. */
export interface Folder {
  readonly name: string;
  readonly description: string;
  readonly item: readonly (RequestItem | Folder)[];
}

/** A collection. */
export interface Collection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: string };
  readonly item: readonly Folder[];
}

/** An environment: values for the variables of a collection. */
export interface PostmanEnvironment {
  readonly name: string;
  readonly values: readonly {
    readonly key: string;
    readonly value: string;
    readonly type: "default" | "secret";
    readonly enabled: true;
  }[];
  readonly _postman_variable_scope: "environment";
}

/** Which version of the format a collection has. */
export const COLLECTION_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/** A request with the checks of its answer. @param checks JavaScript, as Postman runs it */
export function requestItem(
  name: string,
  request: Omit<RequestItem["request"], "auth" | "header"> & Partial<Pick<RequestItem["request"], "auth" | "header">>,
  checks: readonly string[],
): RequestItem {
  return {
    name,
    request: { auth: { type: "noauth" }, header: [], ...request },
    event: [{ listen: "test", script: { type: "text/javascript", exec: checks } }],
    protocolProfileBehavior: { disableUrlEncoding: true, followRedirects: false },
  };
}

/** Checks the status of an answer. */
export function hasStatus(status: number): string {
  return `pm.test("answers ${status}", () => pm.response.to.have.status(${status}));`;
}
