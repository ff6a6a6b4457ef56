/**
 * What becomes of an e-mail, for vendors that send e-mails: each outcome's event, with the opt-out and the state that go with it.
 */
import { type ConsentDraft, type CustomField, consent, type Draft } from "../contract/drafts.ts";
import type { Maybe, PersonFacts } from "../contract/facts.ts";
import type { PropertiesOf } from "./construct.ts";
import type { ENGAGEMENT } from "./engagement.schema.ts";
import {
  emailBounced,
  emailDeferred,
  emailDelivered,
  emailDropped,
  emailLinkClicked,
  emailMarkedAsSpam,
  emailOpened,
  emailSubscribed,
  emailUnsubscribed,
} from "./events.ts";
import { emailBouncedState, emailComplainedState } from "./state.ts";

type Of<Name extends keyof typeof ENGAGEMENT.events> = PropertiesOf<(typeof ENGAGEMENT)["events"][Name]>;

/** One e-mail to one person. */
export interface Email {
  readonly who: PersonFacts;
  /** When this became of it, ISO 8601 UTC. */
  readonly at: string;
  /** The e-mail itself, as properties. */
  readonly about: Of<"Email Delivered">;
  readonly custom?: readonly CustomField[];
}

/** It arrived. */
export function deliveredEmail(email: Email): Draft {
  return emailDelivered(email.who, email.about, more(email));
}

/** It did not arrive yet. */
export function deferredEmail(email: Email, failure: Of<"Email Deferred">): Draft {
  return emailDeferred(email.who, { ...email.about, bounce_type: "soft", ...failure }, more(email));
}

/** It did not arrive. A hard bounce opts the address out. */
export function bouncedEmail(email: Email, failure: Of<"Email Bounced">): readonly Draft[] {
  return [
    ...(failure.bounce_type === "hard" ? suppressedEmail(email, "hard_bounce") : []),
    emailBounced(email.who, { ...email.about, ...failure }, more(email)),
  ];
}

/** The vendor did not try. @param because of an earlier hard bounce or complaint, if it says so */
export function droppedEmail(email: Email, failure: Of<"Email Dropped">, because?: ConsentDraft["because"]): readonly Draft[] {
  return [...(because ? [optOut(email, because)] : []), emailDropped(email.who, { ...email.about, ...failure }, more(email))];
}

/** The vendor sends no more to the address, for this reason or because the company wants it so: no event, but an opt-out and a state. */
export function suppressedEmail(email: Pick<Email, "who" | "at">, because?: Maybe<ConsentDraft["because"]>): readonly Draft[] {
  const { who, at } = email;
  if (because === "hard_bounce") return [optOut(email, because), emailBouncedState(who, at)];
  if (because === "complaint") return [optOut(email, because), emailComplainedState(who, at)];
  return [choice(email, "unsubscribed", null)];
}

/** It was opened. */
export function openedEmail(email: Email, client: Of<"Email Opened"> = {}): Draft {
  return emailOpened(email.who, { ...email.about, ...client }, more(email));
}

/** A link in it was clicked. */
export function clickedEmail(email: Email, click: Of<"Email Link Clicked">): Draft {
  return emailLinkClicked(email.who, { ...email.about, ...click }, more(email));
}

/** The receiver complained. */
export function complainedEmail(email: Email): readonly Draft[] {
  return [...suppressedEmail(email, "complaint"), emailMarkedAsSpam(email.who, email.about, more(email))];
}

/** The person unsubscribed. @param topic if the choice is about it alone, and no choice about the channel */
export function unsubscribedEmail(email: Email, details: Of<"Email Unsubscribed"> = {}, topic?: Maybe<string>): readonly Draft[] {
  return [choice(email, "unsubscribed", topic), emailUnsubscribed(email.who, { ...email.about, ...details }, more(email))];
}

/** The person subscribed. @param topic if the choice is about it alone, and no choice about the channel */
export function subscribedEmail(email: Email, details: Of<"Email Subscribed"> = {}, topic?: Maybe<string>): readonly Draft[] {
  return [choice(email, "subscribed", topic), emailSubscribed(email.who, { ...email.about, ...details }, more(email))];
}

function more({ custom = [] }: Email): { readonly custom: readonly CustomField[] } {
  return { custom };
}

function choice({ who, at }: Pick<Email, "who" | "at">, state: ConsentDraft["state"], topic: Maybe<string>): Draft {
  return consent(who, { channel: "email", state, at, ...(topic ? { topic } : {}) });
}

function optOut({ who, at }: Pick<Email, "who" | "at">, because: NonNullable<ConsentDraft["because"]>): Draft {
  return consent(who, { channel: "email", state: "unsubscribed", at, because });
}
