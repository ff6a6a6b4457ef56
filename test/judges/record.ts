/**
 * Records what the judges sign, or accept of ours, as vectors in `test/vectors`, so that `npm test` needs no judge.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type Judge, signedByLibrary, signedByUs, versionOf } from "./judge.ts";
import { JUDGES } from "./judges.ts";

/** The time of what libraries sign, milliseconds since 1970. What they only verify has the time of recording: some look at the clock. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Longest body that is recorded, characters. */
const LONGEST = 6000;

/** Vectors of one judge at the most. */
const MOST = 4;

async function vectorsOf(judge: Judge): Promise<readonly unknown[]> {
  const { secret, options = {}, url } = judge;
  const signed = await Promise.all(
    judge.samples.map(async (sample) => {
      const byLibrary = await signedByLibrary(judge, sample, NOW);
      if (byLibrary !== null) return { source: `signed by ${versionOf(judge)}`, ...byLibrary, now: NOW };
      const now = Date.now();
      const byUs = await signedByUs(judge, sample, now);
      assert.ok(await judge.accepts(byUs, secret), `${judge.library} refuses what was to be recorded`);
      return { source: `accepted by ${versionOf(judge)}`, ...byUs, now };
    }),
  );
  return signed
    .filter(({ body }) => body.length <= LONGEST)
    .slice(0, MOST)
    .map(({ source, body, headers, now }) => ({
      source,
      secret,
      ...(Object.keys(options).length === 0 ? {} : { options }),
      ...(url === undefined ? {} : { url: url(body) }),
      body,
      headers,
      now,
    }));
}

for (const [name, judges] of Map.groupBy(JUDGES, (judge) => judge.name)) {
  const vectors = (await Promise.all(judges.map(vectorsOf))).flat();
  assert.ok(vectors.length > 0, `${name} has no sample that is short enough`);
  writeFileSync(new URL(`../vectors/${name}.sdk.json`, import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
}
