/**
 * What a judge is: another author's library that verifies what we sign and, where it can, signs what we verify.
 */
import { readdirSync, readFileSync } from "node:fs";
import * as z from "zod";
import { parseFixture } from "../../src/cli/recorded.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest, Verifier } from "../../src/contract/verify/verifier.ts";

/** By their names, lower case. */
export type Headers = Readonly<Record<string, string>>;

/** A body and the headers beside it, signed or not. */
export interface Message {
  readonly body: string;
  readonly headers: Headers;
}

/** What one library knows of one way of signing. Times are milliseconds since 1970. */
export interface Judge {
  /** Its vectors are in `test/vectors/<name>.sdk.json`: the id of an adapter, or a name in `SCHEMES`. Several judges may share one. */
  readonly name: string;
  /** The package. */
  readonly library: string;
  readonly verifier: Verifier;
  /** Options of the adapter that choose this way of signing. */
  readonly options?: Readonly<Record<string, string>>;
  readonly secret: string;
  /** Another secret, where one that differs in a character is none: a public key, say. */
  readonly stranger?: string;
  /** The URL that is called, where the signature covers it. */
  readonly url?: (body: string) => string;
  /** What is signed, and the unsigned headers that go with it. */
  readonly samples: readonly Message[];
  /** What the library makes of a sample: its headers go beside the sample's, its body stands in for it. `null` where it only verifies. */
  readonly sign: ((sample: Message, now: number) => Partial<Message> | Promise<Partial<Message>>) | null;
  /** Does the library accept this, now? */
  readonly accepts: (message: Message, secret: string) => boolean | Promise<boolean>;
  /** Left out where it refuses a signed body with one byte more, as it should. */
  readonly blind?: Blindness;
}

/** What a library does not look at: it accepts a signed body with one byte more, so its word is worth less. */
export interface Blindness {
  /** Completes "blind to". */
  readonly to: string;
  /** Another body, which it refuses all the same; `null` where no body would be refused. */
  readonly altered: ((body: string) => string) | null;
}

/** JSON that signing by character instead of by byte, or parsing and writing again, would spoil. */
export const AWKWARD: readonly Message[] = [
  '{"id":1}',
  '{ "name" : "Zo\u00eb \u{1f600}\\u00e9" ,\r\n"amount":1.10 }\n',
  `{"long":"${"\u00fc".repeat(70_000)}"}`,
].map(plain);

/** A body without headers of its own. */
export function plain(body: string): Message {
  return { body, headers: {} };
}

/** The fixtures of an adapter. */
export function samplesOf({ id }: Adapter): readonly Message[] {
  const folder = new URL(`../fixtures/${id}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((name) => parseFixture(name, readFileSync(new URL(name, folder), "utf8")))
    .map(({ text, headers }) => ({ body: text, headers }));
}

/** Many libraries throw where they refuse. */
export async function holds(check: () => unknown): Promise<boolean> {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
}

const packages = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"))).dependencies;

/** The library with its version. */
export function versionOf({ library }: Judge): string {
  return `${library} ${packages[library] ?? "of no known version"}`;
}

/** The message as a POST to the judge's URL. */
export function requestOf({ url }: Judge, { body, headers }: Message): SignedRequest {
  const address = url?.(body) ?? "";
  return {
    method: "POST",
    url: address,
    headers: new Headers(headers),
    query: address === "" ? new URLSearchParams() : new URL(address).searchParams,
    pathToken: null,
    body: utf8Bytes(body),
  };
}

/** The sample as we sign it. */
export async function signedByUs(judge: Judge, sample: Message, now: number): Promise<Message> {
  const { body, headers } = await judge.verifier.sign(requestOf(judge, sample), judge.secret, now);
  return { body: new TextDecoder().decode(body), headers: Object.fromEntries(headers) };
}

/** The sample as the library signs it; `null` where it only verifies. */
export async function signedByLibrary({ sign }: Judge, sample: Message, now: number): Promise<Message | null> {
  if (sign === null) return null;
  const { body = sample.body, headers } = await sign(sample, now);
  return { body, headers: { ...sample.headers, ...headers } };
}
