/**
 * Rows that are people: their profiles, and what a user did.
 */
import type * as z from "zod";
import type { CustomField, Draft, Maybe } from "../../src/contract/adapter.ts";
import {
  attribution,
  attributionIn,
  customFields,
  emailChanged,
  emailVerified,
  userSignedIn,
  userSignedUp,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import { type change, personOf, profile, row, SIGN_UPS, tableOf } from "./rows.ts";

type Change = z.output<typeof change>;

/** A new person; a user signed up. */
export function onInsert(c: Change): readonly Draft[] {
  const drafts = tableOf(c) === SIGN_UPS ? [profile(c), userSignedUp(personOf(c), originOf(c))] : [profile(c)];
  return withCustom(drafts, metadataOf(c));
}

/** A changed person. Of users the row before says what they did; whether a password changed is not looked at. */
export function onUpdate(c: Change): readonly Draft[] {
  const { isEmailChanged, isEmailVerified, isSignedIn } = changesOf(c);
  const isUser = tableOf(c) === SIGN_UPS;
  return [
    ...withCustom([profile(c)], metadataOf(c)),
    ...(isUser && isEmailChanged ? [emailChanged(personOf(c), {})] : []),
    ...(isUser && isEmailVerified ? [emailVerified(personOf(c), {})] : []),
    ...(isUser && isSignedIn ? [userSignedIn(personOf(c), { method: originOf(c).method })] : []),
  ];
}

/** How a user signed up, and where from: the sign-up's own data may say so. */
function originOf(c: Change) {
  const { raw_app_meta_data, raw_user_meta_data } = row.parse(c.record);
  const { provider } = raw_app_meta_data ?? {};
  return { method: provider, ...attribution(attributionIn(raw_user_meta_data), attributionIn(raw_app_meta_data)) };
}

/** The metadata of a user, of which the option `custom_fields` names what is sent. */
function metadataOf(c: Change): readonly CustomField[] {
  if (tableOf(c) !== SIGN_UPS) return [];
  const { raw_app_meta_data, raw_user_meta_data } = row.parse(c.record);
  return [...customFields("raw_app_meta_data", raw_app_meta_data), ...customFields("raw_user_meta_data", raw_user_meta_data)];
}

/** What of a user's row is new since before. */
function changesOf(c: Change) {
  const [before, now] = [row.parse(c.before), row.parse(c.record)];
  // An old value that is missing or unreadable is no null: it says nothing.
  const isNew = (old: Maybe<string>, value: Maybe<string>) => old !== undefined && typeof value === "string" && value !== old;
  return {
    isEmailChanged: Boolean(before.email) && isNew(before.email, now.email),
    isEmailVerified: isNew(before.email_confirmed_at, now.email_confirmed_at),
    isSignedIn: isNew(before.last_sign_in_at, now.last_sign_in_at),
  };
}
