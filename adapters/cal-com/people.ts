/**
 * Who a Cal.com booking belongs to, and what is asked of them.
 */
import * as z from "zod";
import type { Maybe, Value } from "../../src/contract/adapter.ts";
import { text as anyText, each, list, maybe, optional } from "../../src/contract/adapter.ts";
import { answers, type MeetingParty } from "../../src/vocabulary/adapter.ts";

const { text } = maybe;

/** A choice, in a form with its id. */
const choices = list(z.union([anyText, z.object({ label: anyText }).transform(({ label }) => label)]));

/** An answer as it stands: text, number, yes or no, a choice or a list of choices. */
const plain = z.union([
  anyText,
  z.number(),
  z.boolean(),
  choices,
  z.object({ label: anyText, id: z.unknown() }).transform(({ label }) => label),
]);

/** The value of an answer: `response` in a form, `value` in a booking, a plain value in a database row. */
const value = optional(
  z.union([plain, z.object({ response: optional(plain), value: optional(plain) }).transform((a) => a.response ?? a.value)]),
);

/** Answers by the identifier of their question, without empty ones. */
export const responses = optional(
  z.record(z.string(), value).transform((all): Readonly<Record<string, Value>> => {
    const given = Object.entries(all).filter(([, one]) => one !== undefined && one !== null && one !== "" && !isEmpty(one));
    return Object.fromEntries(given);
  }),
);

function isEmpty(one: unknown): boolean {
  return Array.isArray(one) && one.length === 0;
}

/** A participant of a meeting. */
export const attendee = z.object({
  ...each(text, "email", "name", "timeZone", "phoneNumber"),
  language: optional(z.object({ locale: text })),
});

/** Questions of every booking, whose answers are told in other ways. */
const STANDARD = new Set(["name", "email", "location", "guests", "attendeePhoneNumber", "smsReminderNumber", "rescheduleReason"]);

/** The text of an answer. */
export function textIn(given: Maybe<Readonly<Record<string, Value>>>, question: string): string | undefined {
  const found = given?.[question];
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The answers to a company's own questions. */
export function answersIn(...given: readonly Maybe<Readonly<Record<string, Value>>>[]) {
  const all: Readonly<Record<string, Value>> = Object.assign({}, ...given);
  return answers(Object.entries(all).filter(([question]) => !STANDARD.has(question)));
}

/** The party of this address: Cal.com tells by an address who cancelled or moved a meeting. */
export function partyOf(
  address: Maybe<string>,
  { attendees, hosts }: { readonly attendees: readonly Maybe<string>[]; readonly hosts: readonly Maybe<string>[] },
): MeetingParty | undefined {
  const is = (other: Maybe<string>) => Boolean(address) && other?.toLowerCase() === address?.toLowerCase();
  if (attendees.some(is)) return "invitee";
  return hosts.some(is) ? "host" : undefined;
}
