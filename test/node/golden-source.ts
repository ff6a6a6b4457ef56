/**
 * Sources with which goldens are made, for tests that go over all fixtures: reading the configuration takes longer than translating a webhook.
 */
import { sourceForGoldens } from "../../src/cli/configuration.ts";
import type { Fixture } from "../../src/cli/recorded.ts";
import type { Account, Source } from "../../src/config/model.ts";
import type { Adapter } from "../../src/contract/interface.ts";

/** A source and its account. */
export interface GoldenSource {
  readonly source: Source;
  readonly account: Account;
}

const known = new Map<string, GoldenSource>();

/** The source that a fixture is for. @throws Error where the fixture's options are none of its adapter's */
export function goldenSourceFor(adapter: Adapter, { name, options }: Fixture): GoldenSource {
  const key = `${adapter.id} ${JSON.stringify(options)}`;
  const kept = known.get(key);
  if (kept) return kept;
  const found = sourceForGoldens(adapter, options);
  if (!found.ok) throw new Error(`${name}: ${found.problem}`);
  known.set(key, found);
  return found;
}
