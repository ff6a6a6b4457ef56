/**
 * Explains what the book knows of a person, from which events, and where an event that names them goes.
 */
import type { Account } from "../../config/model.ts";
import { attributesOf, isTrusted } from "../../identity/attributes.ts";
import { type Book, openBook } from "../../identity/book.ts";
import { emailOf, partsOf, userIdOf, userKeyOf } from "../../identity/identifiers.ts";
import { isSame, type Link, NO_LINKS, targetOf } from "../../identity/links.ts";
import { holderOf } from "../../identity/owner.ts";
import { optInParts, type Profile, sourceOf } from "../../identity/profile.ts";
import { nameOf, resolveSubject } from "../../identity/resolve.ts";
import { NO_SUBJECT, type Subject } from "../../identity/subject.ts";
import type { AccountModules } from "../modules.ts";
import { toAnswer } from "./conflict-operations.ts";
import type { ExplainedAddress, ExplainedId, ExplainedProfile, Explanation } from "./explanation.ts";
import { reach } from "./reach.ts";

/** Ids that are found by what they lead to. */
const MOST_IDS = 50;

/** Explains a name: a user id, an address, or a vendor's id as `<source>:<kind>:<id>`. */
export async function explain(
  given: Pick<AccountModules, "book" | "conflicts" | "waiting" | "erased" | "now">,
  account: Account,
  name: string,
): Promise<Explanation> {
  const { conflicts, waiting, erased } = given;
  const { book, readAs, subject, resolution, found, isComplete, keys } = lookAround(given, account, name);
  const isErased = await erased.includes(subject);
  return {
    name,
    readAs,
    goesTo:
      resolution === null
        ? null
        : {
            step: resolution.step,
            identifier: nameOf(resolution.key),
            anonymous: "anonymousId" in resolution.identity,
            trust: resolution.trust,
            known: resolution.isKnown,
          },
    erased: isErased,
    waiting: waiting.of(keys).length,
    incomplete: !isComplete,
    ids: [
      ...[...found.people].flatMap((key) => explainId(key, "person", book)),
      ...[...found.references].flatMap((key) => explainId(key, "reference", book)),
    ],
    addresses: [...found.addresses].flatMap((address) => explainAddress(address, book)),
    profiles: [...found.profiles].flatMap((key) => explainProfile(key, account, book)),
    conflicts: conflicts.about(keys).map(toAnswer),
  };
}

/** What the book knows around a name. */
function lookAround({ book: tables, now }: Pick<AccountModules, "book" | "now">, account: Account, name: string) {
  const book = openBook((keys) => tables.read(keys, now()));
  const { readAs, subject } = readName(name, book);
  const resolution = resolveSubject(subject, account.identifiers, book);
  let isComplete = true;
  const found = reach(book, subject, resolution, (values) => {
    const ids = values.length === 0 ? [] : tables.idsNaming(values, MOST_IDS);
    isComplete = ids !== null && ids.length < MOST_IDS;
    return ids ?? [];
  });
  const keys = [...new Set([...found.profiles, ...found.people, ...found.references])];
  return { book, readAs, subject, resolution, found, isComplete, keys };
}

/** All names of the person with this one: those by which Customer.io may know them, and the keys of the book. */
export function namesOf(
  tables: Pick<AccountModules, "book" | "now">,
  account: Account,
  name: string,
): { readonly identifiers: readonly string[]; readonly keys: readonly string[] } {
  const { resolution, found, keys } = lookAround(tables, account, name);
  const own = resolution === null ? [] : [nameOf(resolution.key)];
  return { identifiers: [...new Set([name, ...own, ...[...found.profiles].map(nameOf), ...found.people])], keys };
}

/** Reads a name. A user id may look like a vendor's id: then what the book knows decides. */
function readName(name: string, book: Book): { readonly readAs: Explanation["readAs"]; readonly subject: Subject } {
  const address = emailOf(name);
  if (address !== null) return { readAs: "email", subject: { ...NO_SUBJECT, email: { value: address, trust: "claimed" } } };
  const userId = userIdOf(name);
  const isId = /^[^:]*:[^:]+:./.test(name);
  if (isId && !isSame(book.reference(name), NO_LINKS))
    return { readAs: "reference", subject: { ...NO_SUBJECT, references: [name] } };
  const isPerson = !isSame(book.person(name), NO_LINKS) || Object.keys(book.profile(name)).length > 0;
  const isUser = userId !== null && Object.keys(book.profile(userKeyOf(userId))).length > 0;
  if (isId && (isPerson || userId === null || !isUser)) return { readAs: "person", subject: { ...NO_SUBJECT, people: [name] } };
  return { readAs: "user", subject: { ...NO_SUBJECT, userId } };
}

function explainId(key: string, role: ExplainedId["role"], book: Book): readonly ExplainedId[] {
  const links = role === "person" ? book.person(key) : book.reference(key);
  if (isSame(links, NO_LINKS)) return [];
  const { user, email, person, tied } = links;
  return [{ id: key, role, user: explainLink(user), email: explainLink(email), person: explainLink(person), tied: [...tied] }];
}

function explainLink(link: Link | null): ExplainedId["user"] {
  const [newest] = link?.seen ?? [];
  if (link === null || newest === undefined) return null;
  const [, at, by = null] = newest;
  return { to: targetOf(link)?.value ?? null, trust: link.trust, at, by };
}

function explainAddress(address: string, book: Book): readonly ExplainedAddress[] {
  const links = book.address(address);
  if (links === null) return [];
  const holder = holderOf(address, book);
  return [
    {
      address,
      holder: holder.kind,
      userId: holder.kind === "user" ? holder.userId : null,
      since: links.since,
      users: links.users.map(([userId, at, by]) => ({ userId, at, by: by ?? null })),
      decided: links.decided,
    },
  ];
}

function explainProfile(key: string, account: Account, book: Book): readonly ExplainedProfile[] {
  const profile: Profile = book.profile(key);
  if (Object.keys(profile).length === 0) return [];
  const { into, deleted, addresses = {}, traits = {}, choices = {}, optOuts = {}, optIns = {}, states = {} } = profile;
  const { kind } = partsOf(key);
  return [
    {
      name: nameOf(key),
      kind,
      left: profile.left === true,
      verified: profile.verified === true,
      into: into === undefined ? null : nameOf(into),
      apart: (profile.apart ?? []).map(nameOf),
      strays: [...(profile.strays ?? [])],
      deleted: deleted === undefined ? null : { at: deleted.at, source: deleted.source, gone: deleted.isGone },
      addresses: Object.entries(addresses).map(([source, [address, at, by = null]]) => ({ address, source, at, by })),
      traits: Object.entries(traits).flatMap(([origin, facts]) => {
        const trusted = isTrusted(origin, book);
        const source = sourceOf(origin);
        return Object.entries(facts).map(([name, [value, at]]) => ({ name, value, source, origin, trusted, at }));
      }),
      choices: Object.entries(choices).map(([place, [state, at]]) => {
        const [source = "", channel = "", ...topic] = place.split("/");
        return { source, channel, topic: topic.join("/"), state, at };
      }),
      optOuts: Object.entries(optOuts).map(([channel, { at, acts, isFinal }]) => ({ channel, at, acts, final: isFinal })),
      optIns: Object.entries(optIns).map(([place, at]) => {
        const [channel, origin] = optInParts(place);
        return { channel, origin, at };
      }),
      states: Object.entries(states).flatMap(([of, record]) =>
        Object.entries(record).map(([name, [value, at]]) => ({ of, name, value, at })),
      ),
      attributes: kind === "anonymous" ? {} : { ...attributesOf(key, profile, account, book) },
    },
  ];
}
