/**
 * What the options of accounts and sources mean, for those who are asked about them. Adapters describe their own.
 */
import type * as z from "zod";
import type { accountSchema, sourceSchema } from "../../config/schema.ts";

/** The options of an account that are one value each, without its region. */
export type AccountOption = Exclude<keyof z.input<typeof accountSchema>, "region" | "sources" | "alerts">;

/** The options of every source, without its adapter. */
export type SourceOption = Exclude<keyof z.input<typeof sourceSchema>, "adapter">;

/** The options of an account. */
export const ACCOUNT_MEANINGS: Readonly<Record<AccountOption, string>> = {
  was: "The name that the account had before: what is stored, and its URLs, stay with it.",
  identifiers: "What identifies people in the workspace: email_and_id (Customer.io's default), id, email.",
  profile_from: "The sources that may write name, phone, created_at and such; by default those that keep your users first.",
  billing_from: "The source whose subscriptions become subscription_status, plan_name, mrr; by default the first that has any.",
  hold_unknown: "Seconds that events of an unknown person wait for the person's identity; 60 by default.",
  hold_orphans: "Seconds that events wait that name only a thing, such as a refund before its order; 72 hours by default.",
  merge: "What happens to people who exist twice in Customer.io: ask (an operator decides, the default), auto.",
  redact: "What Customer.io is told when the law demands that a person is erased: delete (the default), suppress, none.",
};

/** The options of every source. */
export const SOURCE_MEANINGS: Readonly<Record<SourceOption, string>> = {
  user_id_from: 'Paths in the vendor\'s record of a person that hold your own user id, such as "metadata.user_id".',
  email_trust: "How far the vendor's e-mail addresses are trusted: verified, claimed; by default as the adapter says.",
  events_on: "Types of events to deliver that are off by default.",
  events_off: "Types of events to leave out.",
  test_events: "Whether events of the vendor's test mode are delivered: ignore (the default), deliver.",
  people: "Whether unknown people are created in Customer.io: create, or known; by default as the adapter says.",
  consent: "What a choice about a channel sets: trait, opt_out (the default), sync.",
  on_delete: "What a deletion at the vendor does in Customer.io: event (the default), delete, suppress.",
  custom_fields: 'Your own fields at the vendor that are sent: "all", or paths such as "metadata.plan"; tags alone by default.',
  object_type_id: "Customer.io's object type for each kind of group; groups of other kinds are not sent.",
  rename_events: "Other names for events.",
  keep_properties: "The only properties that are sent.",
  drop_properties: "Properties that are not sent.",
  hash_properties: "Properties that are sent as a hash.",
  integrations: "Which destinations in Customer.io get the calls; all by default.",
  shard: "Whether the source has an object of its own, for more webhooks than one takes: true, false (the default), ended.",
  public_url: "The URL of this source in the vendor's settings, for vendors that sign it.",
};
