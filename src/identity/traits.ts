import { CORE_TRAITS, type ConsentDraft, type IdentifyDraft, type Properties, type Value } from "../contract/drafts.ts";
import type { Resolution } from "./resolve.ts";

/** Whose traits these are. */
export interface TraitPolicy {
  readonly source: string;
  /** Whether this source may write core traits. */
  readonly ownsProfile: boolean;
}

const CORE: ReadonlySet<string> = new Set(CORE_TRAITS);

/**
 * The traits of an identify call: core traits keep their names where the source owns the profile; everything else, and everything of
 * the other sources, becomes `<source>_<name>`. What is empty is left out: it never overwrites.
 *
 * A claimed address never becomes the `email` of somebody identified by a user id: that would let a visitor take over a login address.
 */
export function traitsOf(draft: IdentifyDraft, resolution: Resolution, policy: TraitPolicy): Properties {
  const own = (name: string): string => ownName(policy.source, name);
  const kept = (name: string): string => (policy.ownsProfile && CORE.has(name) ? name : own(name));
  const identifier = "userId" in resolution.identity ? resolution.identity.userId : null;
  const mayBeEmail = identifier === resolution.email || (policy.ownsProfile && draft.person.email?.trust === "verified");
  const traits: Properties = {
    [mayBeEmail ? "email" : own("email")]: resolution.email,
    [kept("phone")]: draft.person.phone,
    ...Object.fromEntries(Object.entries(draft.traits).map(([name, value]) => [kept(name), value])),
    // Only an `email` workspace identifies somebody who has a user id by something else.
    ...(identifier === resolution.userId ? {} : { user_id: resolution.userId }),
  };
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => !isEmpty(value)));
}

/**
 * A choice as traits: always the source's own; an opt-out of a whole channel also switches that channel off. `unsubscribed` is never
 * touched, and nothing is ever switched on.
 * @see https://docs.customer.io/messaging/people/reserved-attributes/
 */
export function consentTraitsOf(draft: ConsentDraft, source: string): Properties {
  const name = ownName(source, ["consent", draft.channel, draft.topic ?? ""].filter((part) => part !== "").join("_"));
  const optOut = draft.state === "unsubscribed" && draft.topic === undefined;
  return {
    [name]: draft.state,
    [`${name}_at`]: draft.at,
    ...(optOut ? { [`cio_subscription_preferences.channels.${draft.channel}`]: false } : {}),
  };
}

function ownName(source: string, name: string): string {
  return `${source}_${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}

function isEmpty(value: Value): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
