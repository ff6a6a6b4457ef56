/**
 * Accounts and sources for tests, as a good configuration would make them.
 */
import { directoriesFirst } from "../../src/config/account.ts";
import type { Account, Source } from "../../src/config/model.ts";
import type { Adapter, ConfiguredAdapter } from "../../src/contract/interface.ts";

/**
 * The adapter with these options of its own, beside those of the demo.
 * @throws TypeError where it refuses them
 */
export function configured(adapter: Adapter, options: Readonly<Record<string, unknown>> = {}): ConfiguredAdapter {
  const result = adapter.configure({ ...adapter.demoOptions, ...options });
  if (!result.ok) throw new TypeError(`${adapter.id}: ${result.issue}`);
  return result.adapter;
}

/** A source named like its adapter, with the adapter's own defaults and its demo secret; everything that is off by default is on. */
export function sourceOf(adapter: Adapter, overrides: Partial<Source> = {}): Source {
  return {
    name: adapter.id,
    adapter,
    configured: configured(adapter),
    options: {
      userIdFrom: adapter.userIdFrom,
      integrations: {},
      testEvents: "deliver",
      eventsOn: new Set(adapter.types.filter((type) => adapter.interest(type).kind === "off")),
      eventsOff: new Set(),
      // What strangers become is the core's; an adapter is tried on what it says of them.
      people: "create",
      consent: "opt_out",
      onDelete: "event",
      customFields: null,
      objectTypes: new Map(),
      rules: { rename: new Map(), keep: null, drop: new Set(), hash: new Set() },
    },
    secrets: [adapter.secret.demo],
    publicUrl: `https://hooks.example.com/hooks/demo/${adapter.id}`,
    api: null,
    ...overrides,
  };
}

/** An account of these sources, in the American region, with Customer.io's default identifiers; the sources own the profile as they do by default. */
export function accountOf(sources: readonly Source[], overrides: Partial<Account> = {}): Account {
  return {
    name: "demo",
    id: "demo",
    region: "us",
    identifiers: "email_and_id",
    profileFrom: directoriesFirst(
      sources.map(({ name }) => name),
      new Map(sources.map(({ name, adapter }) => [name, adapter])),
    ),
    billingFrom: sources.find(({ adapter }) => adapter.states.includes("subscription"))?.name ?? null,
    apiKey: "demo-key",
    holdUnknown: 0,
    holdOrphans: 72 * 3_600,
    merge: "ask",
    redact: "delete",
    alerts: null,
    sources: new Map(sources.map((source) => [source.name, { ok: true, source }])),
    shards: new Map(),
    shardOf: null,
    ...overrides,
  };
}
