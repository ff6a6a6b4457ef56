/**
 * Records what the judges sign, or accept of ours, as vectors in `test/vectors`, so that `npm test` needs no judge.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { JUDGES, type Judge, versionOf } from "./judges.ts";
import { requestWith } from "./requests.ts";

/** The time of what libraries sign, milliseconds since 1970. What they only verify has the time of recording: some look at the clock. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Longest body that is recorded, characters. */
const LONGEST = 2000;

async function vectorsOf(judge: Judge): Promise<readonly unknown[]> {
  const samples = judge.samples.filter(({ body }) => body.length <= LONGEST).slice(0, 5);
  return Promise.all(
    samples.map(async ({ body, headers }) => {
      if (judge.sign !== null)
        return {
          source: `signed by ${versionOf(judge)}`,
          secret: judge.secret,
          body,
          headers: await judge.sign(body, NOW),
          now: NOW,
        };
      const now = Date.now();
      const signed = await judge.verifier.sign(requestWith(body, {}, judge.url), judge.secret, now);
      const fields = Object.fromEntries(signed.headers);
      assert.ok(await judge.accepts(body, { ...headers, ...fields }), `${judge.library} refuses what was to be recorded`);
      return {
        source: `accepted by ${versionOf(judge)}`,
        secret: judge.secret,
        body,
        headers: fields,
        now,
        ...(judge.url ? { url: judge.url } : {}),
      };
    }),
  );
}

for (const judge of JUDGES) {
  const file = new URL(`../vectors/${judge.name}.sdk.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(await vectorsOf(judge), null, 2)}\n`);
}
