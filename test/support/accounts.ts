/**
 * Accounts and sources for tests, as a good configuration would make them.
 */
import type { Account, Source } from "../../src/config.ts";
import type { Adapter, ConfiguredAdapter } from "../../src/contract/define.ts";

/**
 * The adapter with these options of its own.
 * @throws TypeError where it refuses them
 */
export function configured(adapter: Adapter, options: Readonly<Record<string, unknown>> = {}): ConfiguredAdapter {
  const result = adapter.configure(options);
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
    },
    secrets: [adapter.secret.demo],
    publicUrl: null,
    ...overrides,
  };
}

/** An account of these sources, in the American region, with Customer.io's default identifiers; the sources own the profile in their order. */
export function accountOf(sources: readonly Source[], overrides: Partial<Account> = {}): Account {
  return {
    name: "demo",
    region: "us",
    identifiers: "email_and_id",
    profileFrom: sources.map((source) => source.name),
    apiKey: "demo-key",
    sources: new Map(sources.map((source) => [source.name, { ok: true, source }])),
    ...overrides,
  };
}
