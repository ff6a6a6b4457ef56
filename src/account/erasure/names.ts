/**
 * By what a person is known who is erased. Without the schemas of requests: a webhook needs none of them.
 */

/** By what a person is known. */
export interface PersonNames {
  readonly userIds: string[];
  readonly addresses: string[];
  readonly ids: string[];
  readonly references: string[];
}

/** What a source demands, as the object that got the demand tells it another one. */
export interface Demand extends Omit<PersonNames, "userIds"> {
  readonly source: string;
  /** Keys of the profiles that the source's ids led to. */
  readonly profiles: string[];
}

/** A person in a request: by one identifier, and by all that is known already. */
export interface NamedPerson {
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
  readonly id?: string | undefined;
  readonly also?: PersonNames | undefined;
}

/** By what a request names a person. */
export function namesIn({ userId, email, id, also }: NamedPerson): PersonNames {
  const all = (name: string | undefined, others: readonly string[] = []): string[] => [
    ...new Set([...(name === undefined ? [] : [name]), ...others]),
  ];
  return {
    userIds: all(userId, also?.userIds),
    addresses: all(email, also?.addresses),
    ids: all(id, also?.ids),
    references: all(undefined, also?.references),
  };
}
