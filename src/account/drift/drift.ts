/**
 * Watches what vendors send: what rounds show is kept in memory and with their batches, and written down now and then.
 */
import * as z from "zod";
import type { Account } from "../../config/model.ts";
import { pathsOf } from "../../contract/paths.ts";
import type { Mapped } from "../../translate/result.ts";
import { movementsSchema } from "../outbox/movements.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";
import { type Delta, deltaOf } from "./delta.ts";
import { afterRound, changesIn, NOTHING_WATCHED, type Watched, watchedSchema } from "./watched.ts";

/** Batches after which what is known is written down; an object that starts reads as many. */
const MOST_BATCHES = 256;

/** Milliseconds after which it is written down as well: batches are kept for a few days. */
const DAY = 86_400_000;

/** Changes that are told. */
const MOST_TOLD = 50;

/** Something that changed at a vendor, as the API answers it. */
export const noticeSchema = () =>
  z.object({
    source: z.string(),
    /** The type of event that lacks the path; `null` for a version. */
    type: z.string().nullable(),
    /** What most events of the type had, and the last ones do not: a path of the adapter's schema. */
    path: z.string().nullable(),
    /** A version of the vendor's API that the source never had before. */
    version: z.string().nullable(),
  });

/** Something that changed at a vendor. */
export type Notice = Readonly<z.output<ReturnType<typeof noticeSchema>>>;

const storedSchema = z.object({ batch: z.number(), at: z.number(), watched: watchedSchema });

/** Watches what the vendors of one account send. */
export interface Drift {
  /** What a round shows, to be stored with its batch. */
  deltaOf(mapped: readonly Mapped[], account: Account): Delta | null;
  /** Takes what a round showed, once it is committed. @param batch the number of its batch; `null` if it has none */
  add(delta: Delta, batch: number | null): void;
  /** What changed. */
  notices(account: Account): readonly Notice[];
}

/** Opens what is known, with what batches have shown since it was written down. @param now milliseconds since 1970 */
export function openDrift(store: Store, now: () => number): Drift {
  const written = store.run("SELECT value FROM drift WHERE id = 1")[0];
  const stored = written === undefined ? null : storedSchema.parse(JSON.parse(textOf(written, "value")));
  let watched: Watched = stored?.watched ?? NOTHING_WATCHED;
  let writtenAt = stored?.batch ?? 0;
  const deltas = tablesIn(store)
    .flatMap((table) =>
      store.run(`SELECT id, sealed_at, movements FROM ${table} WHERE id > ? ORDER BY id DESC LIMIT ?`, writtenAt, MOST_BATCHES),
    )
    .sort((one, other) => numberOf(one, "id") - numberOf(other, "id"));
  /** Since when something is known that is not written down, milliseconds since 1970; `null` if nothing is. */
  let at = stored?.at ?? (deltas[0] === undefined ? null : numberOf(deltas[0], "sealed_at"));
  for (const row of deltas) {
    const { drift } = movementsSchema.parse(JSON.parse(textOf(row, "movements")));
    if (drift !== undefined) watched = afterRound(watched, drift, numberOf(row, "sealed_at"));
  }

  function write(batch: number): void {
    [writtenAt, at] = [batch, now()];
    const { types, sources } = watched;
    const value = JSON.stringify({ batch, at, watched: { types: [...types], sources: [...sources] } });
    store.run("INSERT INTO drift (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value", value);
  }

  const isKnown = (source: string, version: string): boolean =>
    watched.sources.get(source)?.versions.some(([one]) => one === version) ?? false;

  return {
    deltaOf: (mapped, account) => deltaOf(mapped, account, isKnown),
    add: (delta, batch) => {
      watched = afterRound(watched, delta, now());
      at ??= now();
      if (batch !== null && (batch - writtenAt >= MOST_BATCHES || now() - at >= DAY)) write(batch);
    },
    notices: (account) =>
      changesIn(watched, now())
        .flatMap((change): readonly Notice[] => {
          const state = account.sources.get(change.source);
          if (!state?.ok) return [];
          const { source } = change;
          if ("version" in change) return [{ source, type: null, path: null, version: change.version }];
          const schema = state.source.adapter.schemaOf(change.type);
          const paths = schema === null ? null : pathsOf(schema);
          // The adapter of a newer release reads other paths.
          const path = paths?.signature === change.signature ? paths.names[change.path] : undefined;
          return path === undefined ? [] : [{ source, type: change.type, path, version: null }];
        })
        .slice(0, MOST_TOLD),
  };
}
