/**
 * Which secrets are still in use, for who replaces one: known from the kept webhooks, each of which says what verified it.
 */
import * as z from "zod";
import { logTables } from "./events/log.ts";
import { readEnvelope } from "./inbox/envelope.ts";
import { defineOperation, done } from "./operation.ts";
import { numberOf, type Store, textOf } from "./state/store.ts";

/** Webhooks that are looked at of one source and day, the latest first. */
const MOST_WEBHOOKS = 5_000;

const useSchema = () =>
  z.object({
    source: z.string(),
    /** Its number in the directory of accounts; of a declared account's, its place among the values of the variable. */
    secret: z.string(),
    /** When the last webhook was kept that it verified, milliseconds since 1970. */
    lastUsedAt: z.number(),
  });

type Use = z.output<ReturnType<typeof useSchema>>;

/** When each secret last verified a webhook. */
export const secretsUsed = defineOperation({
  method: "GET",
  path: "/secrets",
  summary:
    "When each secret last verified a webhook, as far as webhooks are kept: of each source and day the latest 5,000 are looked at.",
  input: z.strictObject({}),
  output: () => z.object({ uses: z.array(useSchema()) }),
  refusals: {},
  run: ({ account }) => done({ uses: usesIn(account.store) }),
});

function usesIn(store: Store): readonly Use[] {
  const found = new Map<string, Use>();
  for (const { name, source } of logTables(store)) {
    const rows = store.run(
      `SELECT secret, MAX(seq) AS seq FROM (
         SELECT seq, COALESCE(envelope ->> '$.notes.secret', envelope ->> '$.notes.verified[0]') AS secret
         FROM "${name}" WHERE envelope IS NOT NULL ORDER BY seq DESC LIMIT ?
       ) WHERE secret IS NOT NULL GROUP BY secret`,
      MOST_WEBHOOKS,
    );
    for (const row of rows) {
      const [webhook] = store.run(`SELECT envelope FROM "${name}" WHERE seq = ?`, numberOf(row, "seq"));
      const { receivedAt: lastUsedAt } = readEnvelope(textOf(webhook, "envelope"));
      const secret = String(row.secret);
      const key = `${source}/${secret}`;
      if (lastUsedAt > (found.get(key)?.lastUsedAt ?? 0)) found.set(key, { source, secret, lastUsedAt });
    }
  }
  return [...found.values()];
}
