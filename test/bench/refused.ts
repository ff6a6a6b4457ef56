/**
 * The processor's time for one forged webhook: the right form, the wrong signature, and the worst body that fits into its limit. It is that of the
 * whole workerd that runs the built Worker, so receiving the body is part of it. Beside it is the time of a bare Worker, which receives the same
 * bytes and makes one HMAC over them: less than that is possible for none.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { loadAdapters } from "../../src/cli/adapters.ts";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture, fixtureNames } from "../../src/cli/fixtures.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { post } from "../../src/cli/requests.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../../src/cli/workerd.ts";
import type { Source } from "../../src/config/model.ts";
import { formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { secretName } from "../../src/secret-names.ts";
import type { Bundles } from "../faults/stage.ts";
import type { Section } from "./figures.ts";
import { processorTime, TELLS_TIME } from "./processor.ts";

const ACCOUNT = "demo";

/** Milliseconds that a refused request may cost beyond the bare Worker's time. */
const GOAL = 2;

/** Requests that are measured together, and how often. */
const BATCH = 6;
const BATCHES = 6;

/** The dearest are shown. */
const SHOWN = 8;

const BARE = `import { DurableObject } from "cloudflare:workers";
export class AccountObject extends DurableObject {}
export class AccountCopy extends DurableObject {}
export class AccountDirectory extends DurableObject {}
let key;
export default {
  async fetch(request) {
    key ??= await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    await crypto.subtle.sign("HMAC", key, await request.arrayBuffer());
    return new Response(null, { status: 401 });
  },
};
`;

interface Cost {
  readonly adapter: string;
  /** The largest body, bytes. */
  readonly limit: number;
  /** Milliseconds. */
  readonly cost: number;
  /** That of the bare Worker, milliseconds. */
  readonly bare: number;
  /** The worst of the bodies that were tried. */
  readonly worst: string;
}

/** What each adapter's forged webhooks cost. */
export async function refused(bundles: Bundles, directory: string): Promise<Section> {
  const title = "Refusing";
  if (!TELLS_TIME)
    return { title, how: "Not measured: this system does not tell a process's time exactly.", tables: [], figures: [] };
  const server = await started(bundles.worker, "refusing", directory);
  const file = join(directory, "bare.js");
  writeFileSync(file, BARE);
  const bare = await started(file, "bare", directory);
  const costs: Cost[] = [];
  const missing: string[] = [];
  for (const { id } of await loadAdapters()) {
    const cost = await costOf(id, server, bare);
    if (cost === null) missing.push(id);
    else costs.push(cost);
  }
  await server.stop();
  await bare.stop();
  const most = Math.max(...costs.map(({ cost, bare: least }) => cost - least));
  return {
    title,
    how: "One forged webhook as large as its limit allows: the processor's time in workerd, beside a bare Worker that receives and hashes it.",
    tables: [
      [
        ["adapter", "ms", "bare, ms", "KiB", "of"],
        ...costs
          .sort((one, other) => other.cost - other.bare - one.cost + one.bare)
          .slice(0, SHOWN)
          .map(({ adapter, limit, cost, bare: least, worst }) => [
            adapter,
            cost.toFixed(2),
            least.toFixed(2),
            String(limit / 1024),
            worst,
          ]),
      ],
    ],
    figures: [
      {
        id: "refused",
        name: "A forged webhook, more than a bare Worker takes, the dearest adapter",
        value: most,
        unit: "ms",
        goal: { atMost: GOAL },
      },
    ],
    ...(missing.length > 0 ? { notes: [`Without an example: ${missing.join(", ")}`] } : {}),
  };
}

/** A Worker of all adapters' demo sources, whose secrets are not those that sign. */
async function started(file: string, name: string, directory: string): Promise<Server> {
  const folder = join(directory, name);
  mkdirSync(folder);
  const secrets = { ...localSecrets() };
  for (const { id } of await loadAdapters()) {
    const found = findSource(ACCOUNT, id);
    if (!found.ok || isPublic(found.source)) continue;
    secrets[secretName(ACCOUNT, id)] = altered(found.source.secrets[0] ?? "");
  }
  const config = workerWith(demoAccounts());
  return serve({ config, file, port: 0, state: join(folder, "state"), secrets, runtime: "local", sandbox: null }, () => {});
}

/** Can everyone check, and only the demo's own key sign? Then the signature is altered, in place of the secret. */
function isPublic({ configured }: Source): boolean {
  return configured.verifier.demoSecret !== undefined;
}

/** The worst of an adapter's forged webhooks; `null` where it has no fixture. */
async function costOf(id: string, server: Server, bare: Server): Promise<Cost | null> {
  const found = findSource(ACCOUNT, id);
  const name = fixtureNames(id).find((one) => !one.startsWith("handshake"));
  const fixture = name === undefined ? null : findFixture(id, name);
  if (!found.ok || fixture === null) return null;
  const { source } = found;
  const unsigned = toRequest(fixture, source);
  let worst = { cost: 0, worst: "nothing that is refused for its signature" };
  let worstRequest: SignedRequest = unsigned;
  const largest = source.configured.bodyLimit - 512;
  for (const [index, [kind, body]] of bodiesOf(unsigned, source, largest).entries()) {
    let request = await forged({ ...unsigned, body }, unsigned, source);
    // A vendor that puts what it says into a token, or into a text in JSON, sends more than it says.
    for (let most = largest; request.body.byteLength > source.configured.bodyLimit; ) {
      most = Math.floor((most * largest) / request.body.byteLength) - 1024;
      const [, smaller] = bodiesOf(unsigned, source, most)[index] ?? [kind, body];
      request = await forged({ ...unsigned, body: smaller }, unsigned, source);
    }
    const cost = await timed(server, source, request);
    if (cost <= worst.cost) continue;
    worst = { cost, worst: kind };
    worstRequest = request;
  }
  const again = await timed(server, source, worstRequest);
  const least = await timed(bare, source, worstRequest);
  return { adapter: id, limit: source.configured.bodyLimit, ...worst, cost: Math.min(worst.cost, again), bare: least };
}

/** A request that the Worker has to refuse for its signature. */
async function forged(request: SignedRequest, other: SignedRequest, source: Source): Promise<SignedRequest> {
  const genuine = await signed(request, other, source);
  return isPublic(source) ? withAlteredSignature(genuine, source) : genuine;
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

/** Bodies that are hard to read and still stand where the example's own stood. @param limit their size, bytes */
function bodiesOf(
  { body }: SignedRequest,
  { adapter }: Source,
  limit: number,
): readonly (readonly [string, Uint8Array<ArrayBuffer>])[] {
  const format = adapter.format === "jwt" ? "json" : formatOf(adapter.format, body);
  const text = new TextDecoder().decode(body);
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

/** Milliseconds of the server's processor time for a request, once it is warm: the least of all batches, for whatever else the machine does adds to it. */
async function timed(server: Server, { name, configured }: Source, request: SignedRequest): Promise<number> {
  const times: number[] = [];
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    const begun = processorTime(server.pid);
    for (let count = 0; count < BATCH; count += 1) {
      const answer = await post(request, ACCOUNT, name, `http://${LOCAL_ADDRESS}:${server.port}`);
      // Where the head is enough, the connection is closed while the body is still being sent: the answer may be lost.
      const isRefused = answer === null ? configured.verifier.needsNoBody : answer.status === 401;
      if (!isRefused) throw new Error(`${name}: a forged webhook was answered ${answer?.status}: ${answer?.text}`);
    }
    times.push((processorTime(server.pid) - begun) / BATCH);
  }
  return Math.min(...times);
}
