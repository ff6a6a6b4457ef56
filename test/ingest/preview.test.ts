/**
 * `npm run map` and the Worker agree: what is printed of a request is what becomes of it, fixtures and what no vendor should send alike.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AcceptRequest } from "../../src/account/rpc.ts";
import { preview } from "../../src/cli/preview.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { FIXTURE_TIME, type Fixture, toRequest } from "../../src/cli/recorded.ts";
import { readConfig } from "../../src/config/load.ts";
import type { Account, Source } from "../../src/config/model.ts";
import { formatOf } from "../../src/contract/formats.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { secretName } from "../../src/secret-names.ts";
import { type EventOutcome, translateWebhook } from "../../src/translate/webhook.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { type Mutant, type Place, placesIn } from "../support/mutations.ts";
import { ADAPTERS } from "../support/registry.ts";
import { IS_WHOLE } from "../support/share.ts";
import { answerTo, type TestWorker, workerOf } from "../support/worker.ts";

/** Sources as an operator sets them up, each with other wishes: what is left out must be said too. */
const WISHES: readonly Readonly<Record<string, unknown>>[] = [{}, { test_events: "ignore" }];

function sourceOf(adapter: Adapter, options: Readonly<Record<string, unknown>>): { source: Source; account: Account } {
  const { id } = adapter;
  const config = readConfig(
    {
      ...proofBindings("local"),
      ACCOUNTS: {
        demo: {
          region: "us",
          sources: { [id]: { ...adapter.demoOptions, public_url: `https://hooks.example.com/hooks/demo/${id}`, ...options } },
        },
      },
      [secretName("demo", id)]: adapter.secret.demo,
    },
    new Map([[id, adapter]]),
  );
  const account = config.accounts.get("demo");
  const source = account?.ok ? account.account.sources.get(id) : undefined;
  if (!account?.ok || !source?.ok) throw new TypeError(`${id} cannot be configured so`);
  return { source: source.source, account: account.account };
}

/** An outcome as far as both must agree; what an outcome teaches is the core's. */
function told(outcome: EventOutcome): string {
  const { kind, id, type, occurredAt } = outcome;
  switch (outcome.kind) {
    case "calls":
      return JSON.stringify([kind, id, type, occurredAt, outcome.calls]);
    case "ignored":
      return JSON.stringify([kind, outcome.reason]);
    case "waits":
      return JSON.stringify([kind, id, type]);
    case "dead":
      return JSON.stringify([kind, id, outcome.reason, outcome.issue]);
  }
}

/** A Worker that has one source. */
interface Served extends ReturnType<typeof sourceOf> {
  readonly worker: TestWorker;
  /** What it kept. */
  readonly kept: AcceptRequest[];
}

function serve(adapter: Adapter, options: Readonly<Record<string, unknown>>): Served {
  const kept: AcceptRequest[] = [];
  const accept = async (accepted: AcceptRequest) => {
    kept.push(accepted);
    return { kind: "stored", accepted: accepted.events.length + accepted.unreadable.length, duplicate: 0 } as const;
  };
  const worker = workerOf([adapter], { [adapter.id]: options }, accept, () => FIXTURE_TIME);
  return { ...sourceOf(adapter, options), worker, kept };
}

/** What becomes of a request that the Worker is sent: what it left out, and what delivery makes of what it kept. */
async function becomes(request: SignedRequest, { source, account, worker, kept }: Served) {
  kept.length = 0;
  const ending = await worker.send(source.adapter.id, request);
  if (ending.outcome !== "accepted") return ending.outcome === "handshake" ? "handshake" : (await answerTo(ending)).status;
  const outcomes: string[] = [];
  for (const { events, unreadable, ignored, body, format, headers, query, nonce, receivedAt } of kept) {
    const stored = { receivedAt, headers, query, nonce };
    if (events.length > 0)
      outcomes.push(...(await translateWebhook({ ...stored, format, body, events }, source, account)).map(told));
    for (const part of unreadable) {
      const { id, type } = part;
      const webhook = { ...stored, format: part.format, body: part.body, events: [{ id, type }] };
      outcomes.push(...(await translateWebhook(webhook, source, account)).map(told));
    }
    for (const [reason, times] of Object.entries(ignored)) {
      outcomes.push(...Array.from({ length: times }, () => JSON.stringify(["ignored", reason])));
    }
  }
  return outcomes.sort();
}

/** What `npm run map` says of it. */
async function said(request: SignedRequest, source: Source, account: Account) {
  const verdict = await source.configured.verifier.verify(request, source.secrets, FIXTURE_TIME);
  const shown = await preview(
    {
      headers: Object.fromEntries(request.headers),
      query: Object.fromEntries(request.query),
      body: request.body,
      nonce: verdict.ok ? (verdict.nonce ?? null) : null,
      receivedAt: FIXTURE_TIME,
    },
    source,
    account,
  );
  if (shown.kind !== "webhook") return shown.kind === "handshake" ? "handshake" : 400;
  return shown.outcomes.map(told).sort();
}

/** Any of these places, as it should not be. */
function mutantIn(places: readonly Place[]): fc.Arbitrary<Mutant> {
  return fc.constantFrom(...places).chain((place) => fc.constantFrom(place.absent(), place.malformed(), ...place.others()));
}

/** How many fields of a fixture are as they should not be, each in a body of its own. */
const MUTANTS = IS_WHOLE ? 4 : 1;

/** Of the fixtures of an adapter, a share takes each of so many with the other wishes, and the first one without form. */
const ONE_IN = IS_WHOLE ? 1 : 3;

/** Bodies made from a fixture: as it is, with one field as it should not be, and without form. @param isCut whether that too */
function bodiesOf(fixture: Fixture, source: Source, isCut: boolean): readonly Uint8Array<ArrayBuffer>[] {
  const { body } = toRequest(fixture, source);
  const isJson = /json/.test(fixture.contentType) && formatOf(source.adapter.format, body) === "json";
  const places = isJson ? placesIn(body, "json") : [];
  const some = places.length === 0 ? [] : fc.sample(mutantIn(places), { numRuns: MUTANTS, seed: fixture.text.length });
  const items = places.length > 0 && fixture.text.startsWith("[") ? [utf8Bytes(`[{},${fixture.text.slice(1, -1)},null]`)] : [];
  return [body, ...(isCut ? [body.slice(0, -1)] : []), ...items, ...some.map((mutant) => mutant.body)];
}

describe.each([...ADAPTERS.values()])("$id", (adapter) => {
  test("is previewed as it is delivered", { timeout: 120_000 }, async () => {
    const served = new Map<string, Served>();
    for (const wishes of WISHES) {
      for (const [place, fixture] of fixturesOf(adapter.id).entries()) {
        if (wishes !== WISHES[0] && place % ONE_IN !== 0) continue;
        const options = { ...wishes, ...fixture.options };
        // Reading the configuration takes longer than a webhook.
        const name = JSON.stringify(options);
        const here = served.get(name) ?? serve(adapter, options);
        served.set(name, here);
        const { source, account } = here;
        const [own, ...others] = bodiesOf(fixture, source, IS_WHOLE || place === 0);
        const mayBeShort = !IS_WHOLE && wishes !== WISHES[0];
        for (const body of [own, ...(mayBeShort ? [] : others)]) {
          if (body === undefined) continue;
          const unsigned = { ...toRequest(fixture, source), body };
          const request = await source.configured.verifier.sign(unsigned, adapter.secret.demo, FIXTURE_TIME).catch(() => null);
          const became = request && (await becomes(request, here));
          // What has no place for its own signature any more cannot be sent as its vendor would.
          if (request === null || became === 401) {
            expect(body, fixture.name).not.toBe(own);
            continue;
          }
          expect(
            await said(request, source, account),
            `${fixture.name}: ${new TextDecoder().decode(body).slice(0, 400)}`,
          ).toEqual(became);
        }
      }
    }
  });
});
