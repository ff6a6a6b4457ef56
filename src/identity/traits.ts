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
  const identifier = "userId" in resolution.identity ? resolution.identity.userId : null;
  // Whoever types the address of somebody who is known by a user id must not rename them.
  const isOther = resolution.trust === "claimed" && identifier !== resolution.email;
  const kept = (name: string): string => (policy.ownsProfile && CORE.has(name) && !isOther ? name : own(name));
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
 * A choice as traits: always the source's own; an opt-out of a whole channel also switches that channel off, and an opt-in that is newer than
 * every opt-out switches it on where the source may (`sync`). `unsubscribed` is never touched.
 * @param lastOptOut when the person last opted out of the channel, ISO 8601 UTC; `null` for never
 * @see https://docs.customer.io/messaging/people/reserved-attributes/
 */
export function consentTraitsOf(
  draft: ConsentDraft,
  source: string,
  mode: "trait" | "opt_out" | "sync" = "opt_out",
  lastOptOut: string | null = null,
): Properties {
  const name = ownName(source, ["consent", draft.channel, draft.topic ?? ""].filter((part) => part !== "").join("_"));
  const isWhole = draft.topic === undefined;
  const isOff = isWhole && draft.state === "unsubscribed" && mode !== "trait";
  const isOn = isWhole && draft.state === "subscribed" && mode === "sync" && (lastOptOut === null || lastOptOut < draft.at);
  return {
    [name]: draft.state,
    [`${name}_at`]: draft.at,
    ...(isOff || isOn ? { [`cio_subscription_preferences.channels.${draft.channel}`]: isOn } : {}),
  };
}

function ownName(source: string, name: string): string {
  return `${source}_${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}

function isEmpty(value: Value): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
