/**
 * Records in a profile what a draft states: traits, choices, states, a deletion.
 */
import type { Account, Source } from "../config/model.ts";
import type { ConsentDraft, DeletedDraft, Draft, IdentifyDraft, Properties, Value } from "../contract/drafts.ts";
import { choiceName, joinProfiles, optInName, originOf, type Profile, type TraitFact, tidy } from "../identity/profile.ts";
import type { Resolution } from "../identity/resolve.ts";
import { statesIn } from "../identity/states.ts";
import { firstTouch } from "../vocabulary/attribution.ts";
import { subjectIn } from "./policy.ts";

/** Where a draft comes from, and who it is about. */
export interface RecordInput {
  readonly source: Source;
  readonly account: Account;
  readonly resolution: Resolution;
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
}

/** The profile with what the draft states. Drafts that state nothing of the person change nothing. */
export function recorded(profile: Profile, draft: Draft, input: RecordInput): Profile {
  switch (draft.kind) {
    case "identify":
      return joinProfiles(
        profile,
        tidy({ traits: { [originIn(draft, input)]: traitsIn(draft, input) }, first: firstIn(draft.first, input) }),
      );
    case "track": {
      const first = firstIn(firstTouch(draft.properties), input);
      return first === undefined ? profile : joinProfiles(profile, { first });
    }
    case "state":
      return joinProfiles(profile, { states: statesIn(draft, input.source.name) });
    case "consent":
      return joinProfiles(profile, choiceIn(draft, input));
    case "deleted":
      return withDeletion(profile, draft, input);
    default:
      return profile;
  }
}

function firstIn(first: Properties | undefined, { at }: RecordInput): Profile["first"] {
  return first === undefined || Object.keys(first).length === 0 ? undefined : [first, at];
}

/** The longest value that Customer.io keeps is 1,000 bytes; what is longer is cut when it is sent. */
function traitsIn({ traits, person }: IdentifyDraft, { resolution, at }: RecordInput): Record<string, TraitFact> {
  const [first] = person.ids.filter(({ role }) => role === "person");
  // A verified address is the person's; a claimed one is what the source has, beside it.
  const { email } = resolution;
  const stated: (readonly [string, Value])[] = [
    ...Object.entries(traits),
    ...(person.phone === undefined ? [] : [["phone", person.phone] as const]),
    ...(email?.trust === "claimed" ? [["email", email.value] as const] : []),
    ...(first === undefined ? [] : [["id", first.id] as const]),
  ];
  const usable = stated.filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(
    usable
      .map(([name, value]): [string, TraitFact] => [name, [isEmpty(value) ? null : value, at]])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function choiceIn(draft: ConsentDraft, input: RecordInput): Profile {
  const { source } = input;
  const { channel, state, topic } = draft;
  const at = Date.parse(draft.at);
  const choices = { [choiceName(source.name, channel, topic)]: [state, at] as const };
  const { consent: mode } = source.options;
  const isFinal = draft.because !== undefined;
  const trust = draft.trust ?? source.options.emailTrust ?? "claimed";
  const isOptOut = state === "unsubscribed" && topic === undefined;
  const isOptIn = state === "subscribed" && topic === undefined && mode === "sync" && trust === "verified";
  return tidy({
    choices,
    optOuts: isOptOut ? { [channel]: { at, acts: mode !== "trait", isFinal } } : undefined,
    optIns: isOptIn ? { [optInName(channel, originIn(draft, input))]: at } : undefined,
  });
}

/** A deletion ends what is known of the person, but not that they opted out. */
function withDeletion(profile: Profile, { erase }: DeletedDraft, { source, account, resolution, at }: RecordInput): Profile {
  const isErased = erase && account.redact !== "none" && isTheirs(resolution);
  if (!isErased && !ownsPerson(source, account, resolution)) return profile;
  const isGone = isErased || source.options.onDelete !== "event";
  const deleted = { at, source: source.name, isGone };
  return joinProfiles(isGone ? remains(profile) : profile, { deleted });
}

/** What stays of a person who was deleted. */
export function remains({ addresses, choices, optIns, optOuts }: Profile): Profile {
  return tidy({ addresses, choices, optIns, optOuts });
}

/** Whether facts may end or change what is known of a person: who types a customer's address is not that customer. */
export function isTheirs({ trust, userId }: Resolution): boolean {
  return trust === "verified" || userId === null;
}

/** Whether this source may delete the person: it owns the profile, and a verified fact leads to the person. */
export function ownsPerson(source: Source, account: Account, resolution: Resolution): boolean {
  return account.profileFrom[0] === source.name && resolution.trust === "verified";
}

/** Where what a draft states of the person comes from. */
function originIn({ person }: Draft, { source, resolution }: RecordInput): string {
  const [first] = subjectIn(person, source).people;
  const { trust, userId, email } = resolution;
  return originOf(
    source.name,
    first,
    trust === "verified" && (userId !== null || email?.trust === "verified") ? "verified" : "claimed",
  );
}

function isEmpty(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
