/**
 * Requests whose proof was replaced, and the search for handshakes that hand proofs out.
 */
import { vi } from "vitest";
import { type Fixture, toRequest } from "../../src/cli/recorded.ts";
import { formatOf } from "../../src/contract/formats.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { parseBody } from "../../src/contract/parse.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest, Verifier } from "../../src/contract/verify/verifier.ts";
import { shakeHands } from "../../src/ingest/handshakes.ts";
import { fixturesOf } from "./fixtures.ts";
import { judge, NOW, requestOf, sourceFor } from "./requests.ts";

/** What could be a signature. */
const WORD = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return { ...request, headers };
}

function withQuery(request: SignedRequest, name: string, value: string): SignedRequest {
  const query = new URLSearchParams(request.query);
  query.set(name, value);
  return { ...request, query };
}

/** The request with each text outside of the body that carries its proof replaced in turn. */
export function withOtherProof(
  { sensitive }: Verifier,
  request: SignedRequest,
  other: (proof: string) => string,
): readonly SignedRequest[] {
  return [
    ...sensitive.headers.flatMap((name) => {
      const proof = request.headers.get(name);
      return proof === null ? [] : [withHeader(request, name, other(proof))];
    }),
    ...sensitive.query.flatMap((name) => {
      const proof = request.query.get(name);
      return proof === null ? [] : [withQuery(request, name, other(proof))];
    }),
    ...(request.pathToken === null ? [] : [{ ...request, pathToken: other(request.pathToken) }]),
  ];
}

/**
 * Handshake answers that would pass as the signature of a webhook when the caller asks for just that: the very text that a vendor signs
 * takes the place of each text of the example in turn.
 */
export async function forgeriesOf(adapter: Adapter, example: Fixture): Promise<readonly string[]> {
  const source = sourceFor(adapter, example);
  const { verifier, handshakes } = source.configured;
  const genuine = fixturesOf(adapter.id).find(({ name }) => !name.startsWith("handshake"));
  const webhook = toRequest(genuine ?? { ...example, text: '{"type":"forged"}' }, source);
  const { result: request, messages } = await spied(() => verifier.sign(webhook, adapter.secret.demo, NOW));
  const questions = messages.flatMap((message) => questionsWith(adapter, example, message));
  const answers = await Promise.all(questions.map((question) => shakeHands(handshakes, question, question.value, source)));
  const words = answers.flatMap((answer) => answer?.body.match(WORD) ?? []);
  const forged = words.flatMap((word) => [
    ...withOtherProof(verifier, request, (proof) => proof.replace(WORD, word)),
    ...withOtherWords(webhook, request, word),
  ]);
  const verdicts = await Promise.all(forged.map((candidate) => judge(verifier, candidate, [adapter.secret.demo])));
  return verdicts.filter(({ ok }) => ok).map(() => adapter.id);
}

/** The signed request with each word of its body that signing brought replaced in turn by this one. */
function withOtherWords(unsigned: SignedRequest, signed: SignedRequest, other: string): readonly SignedRequest[] {
  const [before, after] = [unsigned, signed].map(({ body }) => new TextDecoder().decode(body));
  const brought = (after?.match(WORD) ?? []).filter((word) => !before?.includes(word));
  return brought.map((word) => ({ ...signed, body: utf8Bytes(after?.replace(word, other) ?? "") }));
}

/** Does something, and gives what it signed beside its result. */
async function spied<Result>(
  act: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly messages: readonly string[] }> {
  const spy = vi.spyOn(crypto.subtle, "sign");
  try {
    const result = await act();
    return { result, messages: spy.mock.calls.map(([, , message]) => new TextDecoder().decode(message)) };
  } finally {
    spy.mockRestore();
  }
}

/** The example with each text of its body and query in turn replaced by this one. */
function questionsWith(
  adapter: Adapter,
  example: Fixture,
  text: string,
): readonly (SignedRequest & { readonly value: unknown })[] {
  const request = requestOf(adapter, example);
  const body = parseBody(request.body, formatOf(adapter.format, request.body));
  const value = body.ok ? body.value : null;
  return [
    ...replacements(value, text).map((other) => ({ ...request, value: other })),
    ...Object.keys(example.query).map((name) => ({
      ...request,
      query: new URLSearchParams({ ...example.query, [name]: text }),
      value,
    })),
  ];
}

function replacements(value: unknown, text: string): readonly unknown[] {
  if (typeof value === "string") return [text];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => replacements(part, text).map((other) => ({ ...value, [key]: other })));
}
