/**
 * The processor's time for one webhook: verified, and mapped to calls, beside parsing its JSON alone. In Node, which has the engine of workerd.
 */

import { loadAdapters } from "../../src/cli/adapters.ts";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture, fixtureNames } from "../../src/cli/fixtures.ts";
import { toRequest, toStored } from "../../src/cli/recorded.ts";
import { sign } from "../../src/cli/requests.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { type Section, shown } from "./figures.ts";
import { median } from "./statistics.ts";

const TIMES = 200;

/** Adapters that are named: the slowest. */
const NAMED = 3;

interface Cost {
  readonly adapter: string;
  /** Microseconds. */
  readonly parse: number;
  readonly verify: number;
  readonly map: number;
}

/** What each adapter's webhooks cost. */
export async function adapters(): Promise<Section> {
  const costs: Cost[] = [];
  for (const { id } of await loadAdapters()) {
    const cost = await costOf(id);
    if (cost !== null) costs.push(cost);
  }
  const part = (name: "parse" | "verify" | "map") => median(costs.map((cost) => cost[name]));
  const [parse, verify, map] = [part("parse"), part("verify"), part("map")];
  const slowest = costs.sort((one, other) => other.verify + other.map - one.verify - one.map).slice(0, NAMED);
  return {
    title: "Adapters",
    how: `The processor's time for one webhook, median of ${costs.length} adapters, in Node.`,
    tables: [
      [
        ["step", "µs"],
        ["its JSON parsed", shown(parse)],
        ["verified", shown(verify)],
        ["mapped, resolved, stamped and shaped", shown(map)],
        ...slowest.map((cost) => [`the slowest, verified and mapped: ${cost.adapter}`, shown(cost.verify + cost.map)]),
      ],
    ],
    figures: [],
  };
}

/** The middle of an adapter's fixtures; `null` where there are none in JSON. */
async function costOf(id: string): Promise<Cost | null> {
  const found = findSource("demo", id);
  const names = fixtureNames(id).filter((name) => !name.startsWith("handshake"));
  const name = names[Math.floor(names.length / 2)];
  const fixture = name === undefined ? null : findFixture(id, name);
  if (!found.ok || fixture === null) return null;
  const { account, source } = found;
  const now = Date.now();
  const request = await sign(toRequest(fixture, source), source, now);
  if (!isJson(new TextDecoder().decode(request.body))) return null;
  const stored = await toStored(request, source, now);
  return {
    adapter: id,
    parse: await timed(() => JSON.parse(new TextDecoder().decode(request.body))),
    verify: await timed(() => source.configured.verifier.verify(request, source.secrets, now)),
    map: await timed(() => translateWebhook(stored, source, account)),
  };
}

/** One JSON value, as most vendors send it: no form, token or lines. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Microseconds that it takes, once it is warm. */
async function timed(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    const begun = performance.now();
    await work();
    times.push((performance.now() - begun) * 1_000);
  }
  return median(times.slice(TIMES / 2));
}
