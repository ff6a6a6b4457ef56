/**
 * Handshakes: requests by which a vendor checks the endpoint, and their answers.
 */
import type * as z from "zod";
import type { BodyFormat } from "./formats.ts";
import type { WebhookInput } from "./vendor-event.ts";
import type { Hash, KeyDecoding } from "./verify/keys.ts";

/** The exact answer that the vendor expects. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  /** Further headers that the vendor expects. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an answer may be computed with. The secret itself is never exposed. */
export interface HandshakeTools {
  /** Does one of the source's secrets equal this text? Constant time. */
  isSecret(text: string): Promise<boolean>;
  /** HMAC of a text with the source's first secret, hex or base64. The key defaults to the secret's UTF-8 bytes. */
  hmac(hash: Hash, text: string, encoding: "hex" | "base64", key?: KeyDecoding): Promise<string>;
  /**
   * Opens an https address in a signed handshake, for vendors that are confirmed by it: GET, no redirects, within the limits of published keys.
   * Only for addresses that the schema holds to the vendor's own hosts. @returns whether it answered with 200
   */
  visit(url: string): Promise<boolean>;
}

/**
 * A vendor's request that is not a webhook but checks the endpoint. `signed` handshakes are answered after verification, `unsigned` ones as
 * soon as account and source are known.
 */
export interface Handshake {
  readonly proof: "signed" | "unsigned";
  readonly method: "GET" | "POST";
  /** How the body of an unsigned one is read, where not as the adapter's webhooks are. */
  readonly format?: BodyFormat;
  /** The answer, or `null` if this request is not the handshake. */
  answer(input: WebhookInput, tools: HandshakeTools): Promise<HandshakeAnswer | null>;
}

/** The definition of a handshake: a narrow schema that only the handshake matches, and the answer to it. */
export interface HandshakeDefinition<Schema extends z.ZodObject> {
  readonly proof: "signed" | "unsigned";
  readonly method: "GET" | "POST";
  /** How the body of an unsigned one is read, where not as the adapter's webhooks are. */
  readonly format?: BodyFormat;
  /** Covers `body`, `headers` and `query`. In an unsigned handshake, text that is echoed needs a narrow pattern. */
  readonly request: Schema;
  readonly answer: (request: z.output<Schema>, tools: HandshakeTools) => HandshakeAnswer | Promise<HandshakeAnswer>;
}

/** Declares a handshake. */
export function handshake<Schema extends z.ZodObject>(definition: HandshakeDefinition<Schema>): Handshake {
  return {
    proof: definition.proof,
    method: definition.method,
    ...(definition.format === undefined ? {} : { format: definition.format }),
    answer: async (input, tools) => {
      const request = definition.request.safeParse(input);
      return request.success ? definition.answer(request.data, tools) : null;
    },
  };
}

/** A plain text answer. */
export function answerText(body: string, status = 200): HandshakeAnswer {
  return { status, body, contentType: "text/plain; charset=utf-8" };
}

/** A JSON answer. */
export function answerJson(value: unknown, status = 200): HandshakeAnswer {
  return { status, body: JSON.stringify(value), contentType: "application/json" };
}
