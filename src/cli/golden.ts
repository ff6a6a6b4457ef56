/**
 * Goldens: what a fixture becomes, as its author is to read it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Account, Source } from "../config/model.ts";
import type { Adapter } from "../contract/interface.ts";
import { type EventOutcome, translateWebhook } from "../translate/webhook.ts";
import { sourceForGoldens } from "./configuration.ts";
import { findFixture, fixtureNames } from "./fixtures.ts";
import { inProject } from "./project.ts";
import { FIXTURE_TIME, type Fixture, goldenOf, toolsFor, toRequest, toStored } from "./recorded.ts";
import { sign } from "./requests.ts";

/**
 * Writes the goldens of an adapter's fixtures.
 * @param events events or names of fixtures; none: all fixtures
 * @returns the paths of what was written, or what is missing
 */
export async function writeGoldens(
  adapter: Adapter,
  events: readonly string[] = [],
): Promise<{ readonly ok: true; readonly paths: readonly string[] } | { readonly ok: false; readonly problem: string }> {
  const paths: string[] = [];
  for (const event of events.length > 0 ? events : fixtureNames(adapter.id)) {
    const fixture = findFixture(adapter.id, event);
    if (fixture === null)
      return { ok: false, problem: `There is no fixture test/fixtures/${adapter.id}/${event.replaceAll("/", "_")}.json` };
    const path = `test/golden/${adapter.id}/${fixture.name}.json`;
    const found = sourceForGoldens(adapter, fixture.options);
    if (!found.ok) return found;
    const outcomes = await outcomesOf(fixture, found.source, found.account);
    mkdirSync(inProject(`test/golden/${adapter.id}`), { recursive: true });
    writeFileSync(inProject(path), `${JSON.stringify(outcomes.map(goldenOf), null, 2)}\n`);
    paths.push(path);
  }
  return { ok: true, paths };
}

async function outcomesOf(fixture: Fixture, source: Source, account: Account): Promise<readonly EventOutcome[]> {
  const signed = await sign(toRequest(fixture, source), source, FIXTURE_TIME);
  return translateWebhook(await toStored(signed, source, FIXTURE_TIME), source, account, toolsFor(fixture, source));
}
