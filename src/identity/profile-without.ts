/**
 * A profile without what was erased.
 */
import type { Value } from "../contract/drafts.ts";
import { type ByName, optInParts, type Profile, sourceOf, tidy } from "./profile.ts";

/** The profile without what it says of other people: of profiles under these keys, and of these addresses. */
export function withoutMentions(profile: Profile, keys: ReadonlySet<string>, addresses: ReadonlySet<string>): Profile {
  const names = (value: Value | ByName<Value>): boolean => {
    const text = JSON.stringify(value).toLowerCase();
    return [...addresses].some((address) => text.includes(address));
  };
  const { into, apart, kept, strays, addresses: own, traits, states } = profile;
  return tidy({
    ...profile,
    into: keys.has(into ?? "") ? undefined : into,
    apart: apart?.filter((key) => !keys.has(key)),
    kept: kept !== undefined && addresses.has(kept) ? undefined : kept,
    strays: strays?.filter((key) => !keys.has(key)),
    addresses: filtered(own, (_, [address]) => !addresses.has(address)),
    traits: filtered(
      mapped(traits, (facts) => filtered(facts, (_, [value]) => !names(value)) ?? {}),
      (origin, facts) => !keys.has(origin) && Object.keys(facts).length > 0,
    ),
    optIns: filtered(profile.optIns, (name) => !keys.has(optInParts(name)[1])),
    states: filtered(states, (_, state) => !names(JSON.stringify(state))),
  });
}

/** The profile without what one source said. That the person opted out of a channel stays. */
export function withoutSource(profile: Profile, source: string): Profile {
  const isOther = (name: string): boolean => name !== source && !name.startsWith(`${source}/`);
  const isOtherOrigin = (origin: string): boolean => sourceOf(origin) !== source;
  return tidy({
    ...profile,
    addresses: filtered(profile.addresses, isOther),
    traits: filtered(profile.traits, isOtherOrigin),
    optIns: filtered(profile.optIns, (name) => isOtherOrigin(optInParts(name)[1])),
    choices: filtered(profile.choices, isOther),
    states: filtered(profile.states, isOther),
  });
}

function filtered<Fact>(facts: ByName<Fact> | undefined, keeps: (name: string, fact: Fact) => boolean): ByName<Fact> | undefined {
  if (facts === undefined) return undefined;
  return Object.fromEntries(Object.entries(facts).filter(([name, fact]) => keeps(name, fact)));
}

function mapped<Fact, Other>(facts: ByName<Fact> | undefined, map: (fact: Fact) => Other): ByName<Other> | undefined {
  return facts === undefined ? undefined : Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, map(fact)]));
}
