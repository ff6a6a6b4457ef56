/**
 * The processor's time for one forged webhook: the right form, the wrong signature, and the worst body that fits into its limit. In Node, which has
 * the engine of workerd; the time of all its threads, for Node hashes in another one. Reading the body is part of it.
 */
import { loadAdapters } from "../../src/cli/adapters.ts";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture, fixtureNames } from "../../src/cli/fixtures.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { readConfig } from "../../src/config/load.ts";
import type { Account, Config, Source } from "../../src/config/model.ts";
import { formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { RemoteKeys, SignedRequest } from "../../src/contract/verify/verifier.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { platformTimer } from "../../src/ingest/clock.ts";
import { receive } from "../../src/ingest/receive.ts";

/** Milliseconds that a refused request may cost. */
const GOAL = 2;

/** Requests that are measured together, and how often. */
const BATCH = 5;
const BATCHES = 8;

interface Cost {
  readonly adapter: string;
  /** The largest body, bytes. */
  readonly limit: number;
  /** Milliseconds. */
  readonly cost: number;
  /** The worst of the bodies that were tried. */
  readonly worst: string;
}

/** What each adapter's forged webhooks cost. */
export async function refused(): Promise<readonly string[]> {
  const costs: Cost[] = [];
  const missing: string[] = [];
  for (const { id } of await loadAdapters()) {
    const cost = await costOf(id);
    if (cost === null) missing.push(id);
    else costs.push(cost);
  }
  const over = costs.filter(({ cost }) => cost > GOAL);
  return [
    `one forged webhook as large as its limit allows, the processor's time in Node; goal: under ${GOAL} ms each`,
    ...costs
      .sort((one, other) => other.cost - one.cost)
      .map(({ adapter, limit, cost, worst }) => {
        const perMebibyte = (cost / limit) * 1024 * 1024;
        const isOver = cost > GOAL ? `OVER THE GOAL, ${perMebibyte.toFixed(1)} ms for each MiB` : `goal ${GOAL} ms`;
        return `  ${adapter.padEnd(18)} ${cost.toFixed(2).padStart(6)} ms (${isOver}), ${limit / 1024} KiB of ${worst}`;
      }),
    `  ${costs.length - over.length} of ${costs.length} under the goal${missing.length > 0 ? `; without an example: ${missing.join(", ")}` : ""}`,
  ];
}

/** The worst of an adapter's forged webhooks; `null` where it has no fixture. */
async function costOf(id: string): Promise<Cost | null> {
  const found = findSource("demo", id);
  const name = fixtureNames(id).find((one) => !one.startsWith("handshake"));
  const fixture = name === undefined ? null : findFixture(id, name);
  if (!found.ok || fixture === null) return null;
  const { account, source } = found;
  const forge = forgerOf(account, source);
  const unsigned = toRequest(fixture, source);
  let worst: Omit<Cost, "adapter" | "limit"> = { cost: 0, worst: "nothing that is refused for its signature" };
  let again = async () => 0;
  for (const [kind, body] of bodiesOf(unsigned, source)) {
    const request = await signed({ ...unsigned, body }, unsigned, source);
    const cost = await timed(() => forge(request));
    if (cost <= worst.cost) continue;
    worst = { cost, worst: kind };
    again = () => timed(() => forge(request));
  }
  return { adapter: id, limit: source.configured.bodyLimit, ...worst, cost: Math.min(worst.cost, await again()) };
}

/** The request as its vendor signs it; where it would not sign such a body, with the signature of another. */
async function signed(request: SignedRequest, other: SignedRequest, { configured, secrets }: Source): Promise<SignedRequest> {
  const sign = (one: SignedRequest) => configured.verifier.sign(one, secrets[0] ?? "", Date.now());
  try {
    return await sign(request);
  } catch {
    return { ...(await sign(other)), body: request.body };
  }
}

/** Bodies that are hard to read and still stand where the example's own stood, as large as the limit allows. */
function bodiesOf(
  { body }: SignedRequest,
  { adapter, configured }: Source,
): readonly (readonly [string, Uint8Array<ArrayBuffer>])[] {
  const format = adapter.format === "jwt" ? "json" : formatOf(adapter.format, body);
  const text = new TextDecoder().decode(body);
  // A token is a third longer than what it claims, and has a head and a signature.
  const limit = adapter.format === "jwt" ? Math.floor(configured.bodyLimit * 0.74) - 1024 : configured.bodyLimit - 512;
  const room = limit - body.length;
  const filled = (piece: (index: number) => string): string => {
    const pieces: string[] = [];
    for (let size = 0; ; ) {
      const next = piece(pieces.length);
      size += next.length;
      if (size > room - 100) return pieces.join("");
      pieces.push(next);
    }
  };
  if (format === "json") {
    const hard: Readonly<Record<string, string>> = {
      "one long text": JSON.stringify("x".repeat(room - 100)),
      objects: `[0${filled((index) => `,{"${index.toString(36)}":1}`)}]`,
      "numbers, one of them long": `[12345678901234567890${filled(() => ",1")}]`,
      "escaped names": `{"":0${filled((index) => `,"\\u0073\\u0069${index.toString(36)}":""`)}}`,
      "quotes and brackets": JSON.stringify('{"['.repeat(Math.floor((room - 100) / 4))),
    };
    return Object.entries(hard).map(([kind, value]) => [kind, utf8Bytes(withValue(text, value))]);
  }
  const fields = (count: number, name: (index: number) => string, value: string): string =>
    Array.from({ length: count }, (_, index) => `&${name(index)}=${value}`).join("");
  const each = Math.floor((room - 100) / 900);
  const hard = {
    "many fields": fields(900, (index) => `f${index}`, "%41".repeat(Math.max(1, Math.floor((each - 8) / 3)))),
    "one field many times": fields(900, () => "f", "+".repeat(each - 4)),
    "one long field": `&f=${"%C3%A9".repeat(Math.floor((room - 100) / 6))}`,
    "more fields than are read": filled(() => "&f"),
  };
  return Object.entries(hard).map(([kind, more]) => [kind, utf8Bytes(text + more)]);
}

/** The JSON with one value more at its beginning, in an object or a list. */
function withValue(text: string, value: string): string {
  return text.replace(/^\s*(\{|\[)/, (opening) => (opening.endsWith("{") ? `{"padding":${value},` : `[{"padding":${value}},`));
}

/** What sends a signed request to a source that does not take its signature, and says how it ended. */
function forgerOf(account: Account, source: Source): (request: SignedRequest) => () => Promise<void> {
  const isPublic = source.configured.verifier.demoSecret !== undefined;
  // Where only the demo's own key can sign, the signature is altered; elsewhere the secret.
  const forged: Source = isPublic ? source : { ...source, secrets: source.secrets.map(altered) };
  const config: Config = {
    ...readConfig({ REGION: "us" }, new Map()),
    problems: [],
    accounts: new Map([
      [account.name, { ok: true, account: { ...account, sources: new Map([[source.name, { ok: true, source: forged }]]) } }],
    ]),
  };
  const budget = bodyBudget(Date.now);
  return (signed) => {
    const { url, method, headers, query, pathToken, body } = isPublic ? withAlteredSignature(signed, source) : signed;
    const address = new URL(url === "" ? `https://worker.example/hooks/demo/${source.name}?${query}` : url);
    const request = new Request(address, { method, headers, body });
    return async () => {
      const ending = await receive(
        request,
        { account: account.name, source: source.name, token: pathToken },
        {
          config,
          budget,
          clock: { now: Date.now, after: platformTimer },
          now: Date.now(),
          keys: NO_KEYS,
          accountObject: refuse,
        },
      );
      if (ending.outcome !== "unverified") throw new Error(`${source.name}: a forged webhook ended as ${ending.outcome}`);
    };
  };
}

const NO_KEYS: RemoteKeys = { read: async () => null, readNamed: async () => null };

function refuse(): never {
  throw new Error("a forged webhook reached its account");
}

function withAlteredSignature(request: SignedRequest, { configured }: Source): SignedRequest {
  const headers = new Headers(request.headers);
  for (const name of configured.verifier.sensitive.headers) {
    const value = headers.get(name);
    if (value !== null) headers.set(name, altered(value));
  }
  if (configured.verifier.sensitive.headers.length > 0) return { ...request, headers };
  const [head, claims, signature = ""] = new TextDecoder().decode(request.body).split(".");
  return { ...request, body: utf8Bytes([head, claims, altered(signature)].join(".")) };
}

/** The same text but for one character in the middle of its longest word. */
function altered(text: string): string {
  const [word] = [...text.matchAll(/[A-Za-z0-9+/_-]+/g)].sort((one, other) => other[0].length - one[0].length);
  const at = word === undefined ? 0 : word.index + Math.floor(word[0].length / 2);
  return text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
}

/** Milliseconds of the processor's time, once it is warm: the least of all batches, for whatever else the machine does adds to it. @param prepare makes what is measured, itself unmeasured */
async function timed(prepare: () => () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    const works = Array.from({ length: BATCH }, prepare);
    const begun = process.cpuUsage();
    for (const work of works) await work();
    const { user, system } = process.cpuUsage(begun);
    times.push((user + system) / 1_000 / BATCH);
  }
  return Math.min(...times);
}
