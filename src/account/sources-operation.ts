/**
 * The sources of an account, for its operator: how each is set up, and what came through it.
 */
import * as z from "zod";
import type { Account, SourceState } from "../config/model.ts";
import { takesWebhooks } from "../config/shards.ts";
import { logTables } from "./events/log.ts";
import type { AccountModules } from "./modules.ts";
import { defineOperation, done, refused } from "./operation.ts";
import { balanceSchema, type Ledger, NO_BALANCE, NO_WEBHOOKS_YET } from "./state/ledger.ts";
import { numberOf } from "./state/store.ts";

const sourceSchema = () =>
  z.object({
    name: z.string(),
    /** The adapter's id; `null` where the source cannot be used. */
    adapter: z.string().nullable(),
    ok: z.boolean(),
    /** Why it answers 503, and what to do. */
    problem: z.string().nullable(),
    /** Where its vendor sends webhooks, below the Worker's address. */
    path: z.string(),
    /** The address in the vendor's settings, where the configuration has it. */
    publicUrl: z.string().nullable(),
    /** Whether a token follows the path: it is the secret. */
    takesPathToken: z.boolean(),
    /** How many secrets it has: more than one during a rotation. */
    secrets: z.number(),
    /** What the signature proves. */
    covers: z.enum(["body", "nonce", "nothing"]).nullable(),
    testEvents: z.enum(["ignore", "deliver"]).nullable(),
    people: z.enum(["create", "known"]).nullable(),
    /** When its last webhook from the vendor was kept, milliseconds since 1970; imports do not count. */
    lastReceivedAt: z.number().nullable(),
    /** The longest time without a webhook among its last ones, and the next longest, milliseconds; `null` where there are too few. */
    gaps: z.object({ from: z.number(), until: z.number(), next: z.number() }).nullable(),
    /** Since when its vendor sends what happens here, milliseconds since 1970; `null` if it has not begun, `"unknown"` if an earlier release saw it begin. */
    since: z.union([z.number(), z.literal("unknown")]).nullable(),
    /** Its part of the ledger. */
    counts: balanceSchema(),
  });

type SourceAnswer = z.output<ReturnType<typeof sourceSchema>>;

/** How each source is set up, and what came through it. */
export const listSources = defineOperation({
  method: "GET",
  path: "/sources",
  summary: "Lists the sources of the account: how each is set up, when its last webhook was kept, and its part of the ledger.",
  input: z.strictObject({}),
  output: () => z.object({ sources: z.array(sourceSchema()) }),
  refusals: { unusable: { error: "unusable", message: "The account cannot be read." } },
  run: async ({ account, configured }) => {
    const found = await configured();
    if (found === null) return refused("unusable");
    const balances = account.balances();
    const receipts = receiptsOf(account);
    const { ledger } = account.state.current();
    // What a source of another object sent before it had one is listed while the ledger has it.
    const own = [...found.sources.keys()].filter((name) => takesWebhooks(found, name));
    const names = new Set([...own, ...balances.keys()]);
    return done({
      sources: [...names].map((name) =>
        toAnswer(found, name, found.sources.get(name), {
          since: sinceOf(ledger, name),
          counts: balances.get(name) ?? NO_BALANCE,
          lastReceivedAt: receipts.get(name)?.at(-1) ?? null,
          // What no longer comes here is not missing.
          gaps: takesWebhooks(found, name) ? gapsIn(receipts.get(name) ?? []) : null,
        }),
      ),
    });
  },
});

/** What was counted, by source. */
export const showLedger = defineOperation({
  method: "GET",
  path: "/ledger",
  summary: "The ledger of each source: received = delivered + pending + ignored + duplicate + dead + discarded.",
  input: z.strictObject({}),
  output: () => z.object({ sources: z.record(z.string(), balanceSchema()) }),
  refusals: {},
  run: ({ account }) => done({ sources: Object.fromEntries(account.balances()) }),
});

function toAnswer(
  account: Account,
  name: string,
  state: SourceState | undefined,
  seen: Pick<SourceAnswer, "counts" | "lastReceivedAt" | "gaps" | "since">,
): SourceAnswer {
  const known = { name, path: `/hooks/${account.shardOf?.name ?? account.name}/${name}`, ...seen };
  if (!state?.ok) {
    const problem = state?.problem ?? "it is no longer configured";
    const unknown = {
      adapter: null,
      publicUrl: null,
      takesPathToken: false,
      secrets: 0,
      covers: null,
      testEvents: null,
      people: null,
    };
    return { ...known, ...unknown, ok: false, problem };
  }
  const { adapter, configured, options, secrets, publicUrl } = state.source;
  const { testEvents, people } = options;
  const { covers, usesPathToken: takesPathToken } = configured.verifier;
  return {
    ...{ ...known, ok: true, problem: null, adapter: adapter.id, publicUrl, takesPathToken },
    ...{ secrets: secrets.length, covers, testEvents, people },
  };
}

function sinceOf(ledger: Ledger, name: string): SourceAnswer["since"] {
  const counts = ledger.get(name);
  if (counts === undefined || counts.since === NO_WEBHOOKS_YET) return null;
  return counts.since ?? (counts.received > 0 ? "unknown" : null);
}

/** Webhooks of a source that are looked at, and those without which its gaps say nothing. */
const LOOKED_AT = 200;
const FEWEST = 20;

/** When the last webhooks of each source were received, oldest first; without imported and replayed ones. */
function receiptsOf({ store }: AccountModules): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { name, source } of logTables(store).toSorted((one, other) => other.day - one.day)) {
    const known = found.get(source) ?? [];
    const rows = store.run(
      `SELECT envelope ->> '$.receivedAt' AS at FROM "${name}" WHERE envelope IS NOT NULL AND envelope ->> '$.notes.imported' IS NULL
        AND envelope ->> '$.replayedAt' IS NULL ORDER BY seq DESC LIMIT ?`,
      LOOKED_AT - known.length,
    );
    found.set(source, [...known, ...rows.map((row) => numberOf(row, "at"))]);
  }
  return new Map([...found].map(([source, times]) => [source, times.toSorted((one, other) => one - other)]));
}

function gapsIn(times: readonly number[]): SourceAnswer["gaps"] {
  if (times.length < FEWEST) return null;
  const gaps = times.slice(1).map((until, index) => ({ from: times[index] ?? until, until }));
  const [longest, next] = gaps.toSorted((one, other) => other.until - other.from - (one.until - one.from));
  return longest === undefined || next === undefined ? null : { ...longest, next: next.until - next.from };
}
