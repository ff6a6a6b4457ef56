/**
 * What completion looks up: profiles, accounts, sources and their events. No adapter is loaded: a word must be there at once.
 */

import { shardNamesIn } from "../../config/shards.ts";
import { type Declarations, localAccounts } from "../accounts.ts";
import { adapterFiles } from "../adapters.ts";
import { fixtureNames } from "../fixtures.ts";
import { LOCAL_PROFILE, readProfiles } from "../profiles.ts";
import { FAMILIES } from "../templates.ts";
import type { Known } from "./suggest.ts";

/** Reads it off the project's files. What is broken there counts as empty: completion is not the place to say so. */
export const known: Omit<Known, "directoryAccounts" | "directorySources"> = {
  profiles: () => {
    const read = readProfiles();
    return [LOCAL_PROFILE, ...(read.ok ? Object.keys(read.profiles) : [])];
  },
  accounts: () => Object.entries(accounts()).flatMap(([name, given]) => [name, ...shardNamesIn(name, given)]),
  sources: (account) => Object.keys(accounts()[account ?? "demo"]?.sources ?? {}),
  events: (source, account) => {
    const { adapter } = accounts()[account ?? "demo"]?.sources[source] ?? {};
    return fixtureNames(typeof adapter === "string" ? adapter : source);
  },
  adapters: () => adapterFiles().map((file) => file.slice(0, -".ts".length)),
  families: () => Object.keys(FAMILIES),
};

function accounts(): Declarations {
  const read = localAccounts(null);
  return read.ok ? read.accounts : {};
}
