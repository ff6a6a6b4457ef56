/**
 * The traits of identify calls.
 */
import { CORE_TRAITS, type ConsentDraft, type IdentifyDraft, type Properties, type Value } from "../contract/drafts.ts";
import type { Resolution } from "./resolve.ts";

/** The source of traits, and whether it owns the profile. */
export interface TraitPolicy {
  readonly source: string;
  /** Whether this source may write core traits. */
  readonly ownsProfile: boolean;
}

const CORE: ReadonlySet<string> = new Set(CORE_TRAITS);

/**
 * Makes the traits of an identify call. Core traits keep their names if the source owns the profile. All other traits become
 * `<source>_<name>`. Empty values are left out, so that they overwrite nothing.
 *
 * A claimed address never becomes the `email` of a person with a user id: a visitor could take over a login address.
 */
export function traitsOf(draft: IdentifyDraft, resolution: Resolution, policy: TraitPolicy): Properties {
  const own = (name: string): string => ownName(policy.source, name);
  const identifier = "userId" in resolution.identity ? resolution.identity.userId : null;
  // A visitor who types the address of a person with a user id must not change that person's core traits.
  const isOther = resolution.trust === "claimed" && identifier !== resolution.email;
  const kept = (name: string): string => (policy.ownsProfile && CORE.has(name) && !isOther ? name : own(name));
  const mayBeEmail = identifier === resolution.email || (policy.ownsProfile && draft.person.email?.trust === "verified");
  const traits: Properties = {
    [mayBeEmail ? "email" : own("email")]: resolution.email,
    [kept("phone")]: draft.person.phone,
    ...Object.fromEntries(Object.entries(draft.traits).map(([name, value]) => [kept(name), value])),
    // Needed in an `email` workspace, which identifies a person with a user id by address.
    ...(identifier === resolution.userId ? {} : { user_id: resolution.userId }),
  };
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => !isEmpty(value)));
}

/**
 * Makes the traits of a consent choice. The source's own traits are always set. An opt-out of a whole channel also switches the channel off.
 * With `sync`, an opt-in that is newer than every opt-out switches it on. `unsubscribed` is never changed.
 * @param lastOptOut when the person last opted out of the channel, ISO 8601 UTC; `null`: never
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
