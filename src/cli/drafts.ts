/**
 * What an adapter alone makes of its fixtures, before the core looks for people and applies options.
 */

import { readConfig } from "../config/load.ts";
import type { Source } from "../config/model.ts";
import type { Draft } from "../contract/drafts.ts";
import type { Adapter } from "../contract/interface.ts";
import { secretName } from "../secret-names.ts";
import { readWebhook } from "../translate/reading.ts";
import { fixturesOf } from "./fixtures.ts";
import { demoOptionsOf } from "./generate/demo.ts";
import { proofBindings } from "./proof.ts";
import { FIXTURE_TIME, toRequest, toStored } from "./recorded.ts";

/** The drafts of one event in a fixture. */
export interface Drafted {
  readonly fixture: string;
  /** The vendor's own name of the event. */
  readonly type: string;
  readonly drafts: readonly Draft[];
}

/**
 * The drafts of an adapter's fixtures, with every event on.
 * @throws Error where the adapter cannot be a source
 */
export async function draftsOf(adapter: Adapter): Promise<readonly Drafted[]> {
  const found: Drafted[] = [];
  // Most fixtures have the same options, and reading a configuration takes longer than a webhook.
  const sources = new Map<string, Source>();
  for (const fixture of fixturesOf(adapter.id)) {
    const { name, options } = fixture;
    const key = JSON.stringify(options);
    const source = sources.get(key) ?? sourceOf(adapter, options);
    sources.set(key, source);
    const { events } = await readWebhook(await toStored(toRequest(fixture, source), source, FIXTURE_TIME), source);
    for (const { event } of events) {
      const mapped = source.configured.map(event);
      if (mapped.kind === "drafts") found.push({ fixture: name, type: event.type, drafts: mapped.drafts });
    }
  }
  return found;
}

/**
 * The adapter as the only source of an account. Neither registry nor demo accounts take part: they may be about to be written.
 * @throws Error where it cannot be a source
 */
function sourceOf(adapter: Adapter, options: Readonly<Record<string, unknown>>): Source {
  const events = adapter.types.filter((type) => adapter.interest(type).kind === "off");
  const source = { ...demoOptionsOf(adapter, "demo"), ...options, events_on: events, people: "create" };
  const accounts = { demo: { region: "us", sources: { [adapter.id]: source } } };
  const secrets = { [secretName("demo", adapter.id)]: adapter.secret.demo };
  const config = readConfig({ ...proofBindings("local"), ACCOUNTS: accounts, ...secrets }, new Map([[adapter.id, adapter]]));
  const account = config.accounts.get("demo");
  const found = account?.ok ? account.account.sources.get(adapter.id) : undefined;
  if (!found?.ok)
    throw new Error(`adapters/${adapter.id}.ts cannot be a source: ${found?.problem ?? config.problems.join("; ")}`);
  return found.source;
}

/** Patterns for \`custom_fields\` that cover the company's own fields in drafts: \`metadata.*\`, or \`tags\` where it is one field. */
export function ownFieldsIn(drafted: readonly Drafted[]): readonly string[] {
  const paths = drafted
    .flatMap(({ drafts }) => drafts)
    .flatMap((draft) => (draft.kind === "track" || draft.kind === "identify" ? (draft.custom ?? []) : []))
    .map(({ path }) => path);
  return [...new Set(paths.map(patternOf))].sort();
}

function patternOf(path: string): string {
  const dot = path.indexOf(".");
  return dot === -1 ? path : `${path.slice(0, dot)}.*`;
}
