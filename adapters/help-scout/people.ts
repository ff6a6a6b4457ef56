/**
 * Help Scout's customers and their ratings. Whoever writes an e-mail is a customer: addresses are claimed.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  firstItem,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
  text,
  told,
  utcTime,
} from "../../src/contract/adapter.ts";
import { contactCreated, fold, ticketRated } from "../../src/vocabulary/adapter.ts";

/** Times are UTC, at places without a zone. */
export const time = optional(utcTime);

/** The customer as other objects name them. */
export const named = decisive(z.object({ id, ...each(maybe.text, "email", "first", "last", "firstName", "lastName") }));

const addresses = optional(list(z.object({ value: text })));

/** A customer's record. */
export const customer = z.object({
  id,
  ...each(maybe.text, "firstName", "lastName"),
  ...each(time, "createdAt", "updatedAt"),
  _embedded: optional(z.object(each(addresses, "emails", "phones"))),
});

/** A rating: a customer's record, or a part of it, is inside. */
export const rating = z.object({
  id,
  rating: text,
  customer: decisive(z.object({ id, ...each(maybe.text, "email", "firstName", "lastName"), emails: addresses })),
  ...each(maybe.id, "conversationId", "ticketId"),
  comments: maybe.text,
  ...each(time, "createdAt", "modifiedAt"),
});

/** The person of a customer's id and address. */
export function personOf(customerId: Maybe<string>, email: Maybe<string>, ticketId?: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: [personId("customer", customerId), reference("conversation", ticketId)] });
}

/** What a conversation or a chat says of its customer, beside the person. */
export function profile(who: PersonFacts, c: z.output<typeof named>) {
  return identify(who, told({ first_name: c?.first ?? c?.firstName, last_name: c?.last ?? c?.lastName }));
}

function known({ _embedded, ...c }: z.output<typeof customer>) {
  const phone = firstItem(_embedded?.phones?.map(({ value }) => value));
  const who = personOf(c.id, _embedded?.emails?.[0]?.value);
  return identify(phone === undefined ? who : { ...who, phone }, { first_name: c.firstName, last_name: c.lastName });
}

/** A new customer. */
export const onCreated = on(customer, (c) => [known(c), contactCreated(personOf(c.id, c._embedded?.emails?.[0]?.value), {})]);

/** A changed customer. */
export const onUpdated = on(customer, known);

/** A rating of an answer: the best is 5, the worst 1. */
export const onRated = on(rating, ({ rating: word, customer: c, ...r }) => {
  const ticket_id = r.conversationId ?? r.ticketId;
  const points = fold(word.toLowerCase(), { great: "5", okay: "3", not_good: "1", bad: "1" });
  return ticketRated(personOf(c?.id, c?.email ?? c?.emails?.[0]?.value, ticket_id), {
    ticket_id,
    rating: points === undefined ? null : Number(points),
    rating_raw: word,
    comment: r.comments,
  });
});
