/**
 * What the demo shows of people: a lead who becomes the right customer, and an opt-out that holds.
 */
import * as z from "zod";

/** A customer who signs up later, and opts out. */
export const ADA = { userId: "42", email: "ada@example.com" };

const peopleSchema = z.object({
  people: z.array(
    z.looseObject({
      id: z.string().nullish(),
      email: z.string().nullish(),
      anonymousIds: z.array(z.string()),
      attributes: z.record(z.string(), z.unknown()),
      events: z.array(z.looseObject({ name: z.string() })),
    }),
  ),
});

/** A person, as the sandbox shows them. */
export type Person = z.output<typeof peopleSchema>["people"][number];

/** The part of a call that says who it is about. */
interface CallAboutPerson {
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly event?: string | undefined;
}

/** The people that would result in the US, as the sandbox tells. */
export async function peopleIn(sandbox: string): Promise<readonly Person[]> {
  return peopleSchema.parse(await (await fetch(`${sandbox}/_sandbox/people?region=us`)).json()).people;
}

/** What the people show otherwise; `null` if all is well. */
export function wrongWithAda(found: readonly Person[]): string | null {
  const own = found.filter(({ id, email }) => id === ADA.userId || email === ADA.email);
  const [person] = own;
  if (person === undefined || own.length > 1 || person.id !== ADA.userId || person.email !== ADA.email)
    return `the lead ${ADA.email} did not become the user ${ADA.userId}`;
  const names = person.events.map(({ name }) => name);
  const missing = ["Payment Succeeded", "User Signed Up", "Order Completed"].filter((name) => !names.includes(name));
  if (missing.length > 0) return `${missing.join(", ")} did not reach ${ADA.email}`;
  return JSON.stringify(person.attributes.cio_subscription_preferences) === '{"channels":{"email":false}}'
    ? null
    : `${ADA.email} opted out, and is not off`;
}

/** Sentences about events that left under a vendor's own id and now belong to a person, as the sandbox's people tell. */
export function lateIdentities(
  found: readonly Person[],
  calls: readonly { readonly event: CallAboutPerson }[],
): readonly string[] {
  return calls.flatMap(({ event: { anonymousId, userId, event } }) => {
    if (event === undefined || anonymousId === undefined || userId !== undefined) return [];
    const person = found.find(
      ({ anonymousIds, events }) => anonymousIds.includes(anonymousId) && events.some(({ name }) => name === event),
    );
    return person?.email
      ? [`${event} left as ${anonymousId}, before its person was known; it now belongs to ${person.email}.`]
      : [];
  });
}
