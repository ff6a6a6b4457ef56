/**
 * The promises about people, over random histories: random order of arrival, duplicates, crashes, with and without waiting for unknown
 * people, in every mode of identifiers.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openMemoryAccount } from "../support/memory-account.ts";
import { IS_WHOLE } from "../support/share.ts";
import { arrivalsOf, BEGINNING, type History, historyOf, type Plot, plots } from "./history.ts";
import { expectPromises, lastingOf } from "./promises.ts";
import { type Outcome, observe } from "./scenario.ts";

const HOUR = 3_600_000;

/** How many plots are tried. */
const PLOTS = IS_WHOLE ? 3_000 : 150;

/** Milliseconds after which no further plot begins: on a slow machine all of them take minutes. */
const TIME_LIMIT = IS_WHOLE ? 3_600_000 : 60_000;

async function outcomeIn(history: History, world: 0 | 1): Promise<Outcome> {
  const { plot, settings } = history;
  const memory = openMemoryAccount({ ...settings, holdUnknown: plot.holds[world] });
  for (const { at, webhooks, isCrash } of arrivalsOf(history, world)) {
    await memory.advance(at - memory.now());
    if (isCrash) memory.crash();
    await memory.receive(...webhooks);
  }
  await memory.advance(80 * HOUR);
  return observe(memory, { identifiers: plot.identifiers, mayChangeEmail: plot.mayChangeEmail }, BEGINNING);
}

/** Checks one history in both of its worlds. */
async function expectOfPlot(plot: Plot): Promise<void> {
  const history = historyOf(plot);
  const [one, other] = [await outcomeIn(history, 0), await outcomeIn(history, 1)];
  expectPromises(history, one);
  expectPromises(history, other);
  if (one.conflicts.length + other.conflicts.length === 0)
    expect(lastingOf(history, one), "6: the profile does not depend on the order of arrival").toEqual(lastingOf(history, other));
}

test(
  "the six promises hold whatever happens",
  async () => {
    await fc.assert(fc.asyncProperty(plots, expectOfPlot), { numRuns: PLOTS, interruptAfterTimeLimit: TIME_LIMIT });
  },
  2 * 3_600_000,
);
