/**
 * The six promises about people, as checks of what Customer.io has after a history. They know who is who from the history alone, never from
 * the book.
 */
import { expect } from "vitest";
import type { ConflictReason } from "../../src/translate/merges.ts";
import { type Choice, type History, PROFILE_FROM, type Telling } from "./history.ts";
import { emailChannel, type Outcome, type Profile } from "./scenario.ts";

/** Everything that the facts tie together: one person of the real world, as far as anybody can know. */
export interface Party {
  readonly tellings: readonly Telling[];
  /** At most one: the facts never tie two users together. */
  readonly userId: string | null;
  /** Addresses that lead to this party and to nobody else, the newest last. */
  readonly addresses: readonly string[];
  /** Whether one of its addresses is also another user's: what has only that address may be with either or with nobody. */
  readonly isShared: boolean;
  /** When it was deleted, milliseconds since 1970; `null`: it was not. */
  readonly deletedAt: number | null;
}

/** Addresses that more than one user has, living or deleted. */
export function sharedAddresses(tellings: readonly Telling[]): ReadonlySet<string> {
  const users = new Map<string, Set<string>>();
  for (const { address, userId, isVerified } of tellings) {
    if (address === null || userId === null || !isVerified) continue;
    users.set(address, (users.get(address) ?? new Set()).add(userId));
  }
  return new Set([...users].flatMap(([address, ids]) => (ids.size > 1 ? [address] : [])));
}

/** The parties of a history. */
export function partiesOf({ tellings }: History): readonly Party[] {
  const shared = sharedAddresses(tellings);
  const leader = new Map<string, string>();
  const find = (key: string): string => {
    const next = leader.get(key) ?? key;
    return next === key ? key : find(next);
  };
  const keysOf = ({ ids, userId, address }: Telling): readonly string[] => [
    ...ids.map((id) => `id ${id}`),
    ...(userId === null ? [] : [`user ${userId}`]),
    ...(address === null || shared.has(address) ? [] : [`address ${address}`]),
  ];
  for (const telling of tellings) {
    const [first, ...others] = keysOf(telling);
    if (first === undefined) continue;
    for (const other of others) leader.set(find(other), find(first));
  }
  const parties = Map.groupBy(
    tellings.filter((telling) => keysOf(telling).length > 0),
    (telling) => find(keysOf(telling)[0] ?? ""),
  );
  return [...parties.values()].map((own): Party => {
    const userIds = new Set(own.flatMap(({ userId }) => userId ?? []));
    if (userIds.size > 1) throw new Error(`the generator ties ${[...userIds].join(" and ")} together`);
    const [userId = null] = userIds;
    const addresses = own.flatMap(({ address }) => (address === null || shared.has(address) ? [] : [address]));
    return {
      tellings: own,
      userId,
      addresses: [...new Set(addresses)],
      isShared: own.some(({ address }) => address !== null && shared.has(address)),
      deletedAt: own.find(({ deletes }) => deletes !== null)?.at ?? null,
    };
  });
}

/** Whether its vendor sees strangers, and tells nothing of people who are not known yet. */
const isOfStrangers = ({ webhook }: Telling): boolean => webhook.source === "sendgrid";

/**
 * What must reach the profile of its party. What has only an address that turns out to be shared, or only ids that lead to it, may have left
 * for the other user before anybody knew; and a deleted user gives the address up. Of those parties what names the user counts.
 */
function firmOf({ tellings, isShared, deletedAt }: Party): readonly Telling[] {
  return tellings.filter((telling) => !isOfStrangers(telling) && (telling.userId !== null || (!isShared && deletedAt === null)));
}

function eventsOf(party: Party): readonly string[] {
  return firmOf(party).flatMap(({ isEvent, name }) => (isEvent ? [name] : []));
}

/** Whether the workspace can know a party at all. */
export function isIdentifiable({ userId, addresses }: Party, { plot }: History): boolean {
  if (plot.identifiers === "id") return userId !== null;
  return addresses.length > 0 || (plot.identifiers === "email_and_id" && userId !== null);
}

/** Whether Customer.io was told to delete the party. */
export function isGone({ deletedAt }: Party, { plot }: History): boolean {
  return deletedAt !== null && plot.onDelete === "delete";
}

/**
 * Whether too little is known of a party for anything but the second promise: it has an address of several users, and in this workspace
 * addresses are all there is; or nothing but that address says who it is; or its address was typed after it was deleted.
 */
export function isMurky(party: Party, history: History): boolean {
  const { identifiers } = history.plot;
  if (party.isShared && (identifiers === "email" || party.userId === null)) return true;
  const { deletedAt } = party;
  return (
    deletedAt !== null && party.tellings.some(({ at, address, userId }) => at > deletedAt && address !== null && userId === null)
  );
}

/** The profiles that have an identifier or an event of a party. */
function profilesOf(party: Party, { people }: Outcome): readonly Profile[] {
  const own = new Set(firmOf(party).map(({ name }) => name));
  return people.filter(
    ({ id, email, reached }) =>
      (id !== null && id === party.userId) ||
      (email !== null && party.addresses.includes(email.toLowerCase())) ||
      reached.some((name) => own.has(name)),
  );
}

/** The conflicts by which a party exists twice: both names are its own. */
function conflictsOf({ userId, addresses, isShared, tellings }: Party, { conflicts }: Outcome): number {
  const own = new Set([userId, ...addresses, ...(isShared ? tellings.map(({ address }) => address) : [])]);
  const hints: readonly ConflictReason[] = ["address_change", "address_taken"];
  return conflicts.filter(
    ({ identifiers, reason }) => !hints.includes(reason) && identifiers.every((identifier) => own.has(identifier)),
  ).length;
}

/** Checks the first five promises. */
export function expectPromises(history: History, outcome: Outcome): void {
  const { plot } = history;
  const parties = partiesOf(history);
  expect(outcome.waiting, "nothing waits for ever").toBe(0);
  expect(
    outcome.endings.filter(({ as }) => as === "dead"),
    "nothing dies",
  ).toEqual([]);
  if (outcome.conflicts.length === 0) expect(outcome.failures, "Customer.io carries out every call").toEqual([]);

  for (const party of parties) {
    if (isMurky(party, history)) continue;
    const who = `${party.userId ?? party.addresses[0] ?? party.tellings[0]?.ids[0]}`;
    const profiles = profilesOf(party, outcome);
    const conflicts = conflictsOf(party, outcome);
    if (isGone(party, history)) {
      expect(profiles, `${who} was deleted and stays so`).toEqual([]);
      continue;
    }
    if (!isIdentifiable(party, history)) {
      expect(profiles, `${who} is known by no identifier of this workspace`).toEqual([]);
      continue;
    }
    const events = eventsOf(party);
    if (firmOf(party).length === 0) continue;
    if (plot.merge === "auto" && !party.isShared) expect(conflicts, `${who} is no conflict, since merge is "auto"`).toBe(0);
    // A conflict about a shared address names the others who have it: then it need not be a second profile of this one.
    const least = party.isShared ? 1 : 1 + conflicts;
    expect(profiles.length, `1: ${who} is one profile, or a conflict`).toBeGreaterThanOrEqual(least);
    expect(profiles.length, `1: ${who} is one profile, or a conflict`).toBeLessThanOrEqual(1 + conflicts);
    if (conflicts > 0) continue;
    const [profile] = profiles;
    if (profile === undefined) continue;

    expect(
      events.filter((name) => !profile.reached.includes(name)),
      `3: every event of ${who} reaches the profile`,
    ).toEqual([]);
    if (party.deletedAt !== null) continue;
    expectConsent(party, profile, who);
    if (party.userId === null) continue;
    if (plot.identifiers === "email") expect(profile.attributes.user_id, `${who} has the user id as a trait`).toBe(party.userId);
    else expect(profile.id, `${who} is known by the user id`).toBe(party.userId);
    const address = currentAddress(party);
    if (party.isShared || address === null) continue;
    const { email } = profile.attributes;
    // Where the workspace forbids that an address changes, an operator is told so, and Customer.io has a former one.
    const isForbidden = !plot.mayChangeEmail && outcome.conflicts.some(({ reason }) => reason === "address_change");
    if (isForbidden) expect(party.addresses, `5: ${who} has an address of their own`).toContain(email);
    else expect(email, `5: ${who} has the address`).toBe(address);
  }

  for (const profile of outcome.people) {
    const among = parties.filter(
      (party) => !isMurky(party, history) && firmOf(party).some(({ name }) => profile.reached.includes(name)),
    );
    expect(
      among.map(({ userId, addresses }) => userId ?? addresses[0]),
      "2: two people never become one",
    ).toHaveLength(Math.min(1, among.length));
  }
}

/** The newest address that is proven, of the first source that told one. */
export function currentAddress({ tellings }: Party): string | null {
  for (const source of PROFILE_FROM) {
    const told = tellings.filter(
      ({ webhook, isVerified, address }) => webhook.source === source && isVerified && address !== null,
    );
    const last = told.toSorted((one, other) => one.at - other.at).at(-1);
    if (last) return last.address;
  }
  return null;
}

/** The fourth promise: what a person chose last holds, a complaint holds for ever, and nobody is opted in who did not say so. */
function expectConsent(party: Party, profile: Profile, who: string): void {
  if (party.isShared) return;
  const choices = party.tellings.flatMap(({ choice }) => choice ?? []);
  expect(emailChannel(profile), `4: the choice of ${who}`).toBe(channelAfter(choices));
}

/** What Customer.io must have of these choices: `undefined` if nothing was chosen. */
export function channelAfter(choices: readonly Choice[]): boolean | undefined {
  const last = (kind: Choice["kind"]): number =>
    Math.max(Number.NEGATIVE_INFINITY, ...choices.filter((choice) => choice.kind === kind).map(({ at }) => at));
  if (choices.some(({ kind }) => kind === "complaint")) return false;
  const [out, back] = [last("opt_out"), last("opt_in")];
  if (back > out) return true;
  return out > Number.NEGATIVE_INFINITY ? false : undefined;
}

/** What must be the same however the webhooks of a history arrive: the sixth promise. */
export function lastingOf(history: History, { people, stray }: Outcome): unknown {
  const parties = partiesOf(history).filter((party) => !isMurky(party, history) && !party.isShared && party.deletedAt === null);
  const lasting = new Set(parties.flatMap(eventsOf));
  const shown = parties.flatMap((party) =>
    profilesOf(party, { people, deleted: [], stray, failures: [], conflicts: [], endings: [], waiting: 0 }),
  );
  return {
    people: [...new Set(shown)]
      .map(({ id, email, attributes, reached }) => ({
        id,
        email,
        attributes,
        reached: reached.filter((name) => lasting.has(name)),
      }))
      .toSorted((one, other) => (JSON.stringify([one.id, one.email]) < JSON.stringify([other.id, other.email]) ? -1 : 1)),
    stray: stray.filter((name) => lasting.has(name.split(" ").at(-1) ?? "")).toSorted(),
  };
}
