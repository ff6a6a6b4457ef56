/**
 * Tells Customer.io what is new about one person: merges former profiles, records what the drafts state, and finds the difference.
 */
import type { Account, Source } from "../config/model.ts";
import type { Draft, Properties } from "../contract/drafts.ts";
import { attributesOf, differenceOf } from "../identity/attributes.ts";
import type { Book } from "../identity/book.ts";
import { emailKeyOf, partsOf, userKeyOf } from "../identity/identifiers.ts";
import type { ChangedAddress } from "../identity/learn.ts";
import { targetOf } from "../identity/links.ts";
import { addressesOf, isGone, joinProfiles, tidy } from "../identity/profile.ts";
import { nameOf, type Resolution } from "../identity/resolve.ts";
import type { Subject } from "../identity/subject.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { type Conflict, type Merged, mergeProfiles } from "./merges.ts";
import { type RecordInput, recorded } from "./record.ts";
import { changeOf, keepAddress, toldOf } from "./told.ts";

/** A draft whose person was found. */
export interface Addressee {
  readonly draft: Draft;
  readonly subject: Subject;
  readonly resolution: Resolution;
}

/** What is told of one person. */
export interface Told {
  readonly merged: Merged;
  /** What Customer.io must be told of the person. */
  readonly identify: UnstampedCall & { readonly type: "identify" };
  /** Whether it says anything. */
  readonly isNews: boolean;
  /** Keys to wait for; `null` if the person is known. */
  readonly awaits: readonly string[] | null;
  /** Keys of events that wait for this person. */
  readonly known: readonly string[];
  /** Why nothing is said, if nothing is. */
  readonly silence: string;
}

/** What telling depends on. */
export interface TellInput {
  readonly source: Source;
  readonly account: Account;
  readonly at: number;
  readonly changed: readonly ChangedAddress[];
}

/** Merges former profiles of one person, records what the drafts state, and finds what is new. All drafts are about one person. */
export function tell(book: Book, addressees: readonly Addressee[], first: Addressee, input: TellInput): Told {
  const { source, account, at, changed } = input;
  const { resolution } = first;
  const { key, identity, formerKeys } = resolution;
  const merged = mergeProfiles(book, { resolution, changed, account, source: source.name, at });
  const unrecorded = book.profile(key);
  for (const { draft, resolution: own } of addressees) keep(book, key, draft, { source, account, resolution: own, at });
  const isSuperseded = book.profile(key) === unrecorded;
  if (addressees.some(({ subject }) => subject.userId !== null || subject.email?.trust === "verified"))
    book.setProfile(key, tidy({ ...book.profile(key), verified: true }));
  const known = formerKeys.concat(key);
  if ("anonymousId" in identity) {
    remember(book, key, formerKeys, addressees);
    const identify = { type: "identify" as const, anonymousId: identity.anonymousId, traits: {} };
    return { merged, identify, isNews: false, awaits: known, known: [], silence: "kept until the person is known" };
  }
  const attributesAt = (other: string): Properties => toldOf(book, other, account);
  const before = merged.knownAs === null ? {} : attributesAt(merged.knownAs);
  keepAddress(book, key, before.email, account);
  const after = attributesOf(key, book.profile(key), account, book);
  // Of what an alias mixed, everything is said once more.
  const mixed = merged.folded.length === 0 ? null : Object.assign({}, before, ...merged.folded.map(attributesAt));
  const difference = mixed === null ? differenceOf(before, after) : { ...differenceOf(mixed, after), ...differenceOf({}, after) };
  const news = withoutLoss(difference, addressesOf(book.profile(key)));
  const given = giveUps(book, key, account, at);
  book.setTold(key, after);
  const { email, ...others } = news;
  const isTaken = given.length > 0 && typeof email === "string";
  const [ahead, traits] = splitNews(merged, isTaken ? others : news);
  const awaitsAddress = isAwaitingAddress(book, key, account);
  // Whether Customer.io orders updates by arrival or by time, the last one sent must be the last one.
  const told = Math.max(at, (book.profile(key).told ?? -1) + 1);
  if (Object.keys(news).length > 0) book.setProfile(key, tidy({ ...book.profile(key), told }));
  // By itself: Customer.io may refuse the address, and with it the whole call.
  const taking: readonly UnstampedCall[] = isTaken
    ? [{ type: "identify", ...identity, traits: { email }, key: "core/give-up/email" }]
    : [];
  return {
    merged: {
      ...merged,
      calls: [
        ...given.map(({ call }) => call),
        ...[...ahead, ...taking].map((call) => (call.type === "identify" ? { ...call, at: told } : call)),
      ],
      conflicts: [
        ...merged.conflicts,
        ...given.map(({ from }): Conflict => ({ keep: key, fold: from, reason: "address_taken", at })),
        ...changeOf(key, before, news, at),
      ],
    },
    identify: { type: "identify", traits, at: told, ...identity },
    // Of a person who is deleted next, nothing is said.
    isNews: Object.keys(traits).length > 0 && !saysOnlyWho(key, traits) && !isGone(book.profile(key)),
    awaits: awaitsAddress ? [key] : null,
    known: awaitsAddress ? known.filter((other) => other !== key) : known,
    silence: silenceFor(addressees, isSuperseded),
  };
}

/** What leaves under an anonymous id is found again by the user id or, without one, by the address that the person is linked to. */
function remember(book: Book, key: string, formerKeys: readonly string[], addressees: readonly Addressee[]): void {
  const isStray = (former: string): boolean =>
    partsOf(former).kind === "anonymous" && Object.keys(book.profile(former)).length > 0;
  const keys = [key, ...formerKeys.filter((former) => former !== key)];
  const strays = keys.filter((other) => other === key || isStray(other));
  const references = addressees.flatMap(({ subject }) => subject.references.map((name) => book.reference(name)));
  const links = [...keys.map((other) => book.person(other)), ...references];
  const users = [
    ...links.map(({ user }) => targetOf(user)?.value ?? null),
    ...addressees.map(({ resolution }) => resolution.userId),
  ];
  const addresses = [
    ...links.map(({ email }) => targetOf(email)?.value ?? null),
    ...addressees.map(({ subject }) => subject.email?.value ?? null),
  ];
  const byUser = users.flatMap((userId) => (userId === null ? [] : [userKeyOf(userId)]));
  const byAddress = addresses.flatMap((address) => (address === null ? [] : [emailKeyOf(address)]));
  for (const target of new Set(byUser.length > 0 ? byUser : byAddress)) {
    const others = strays.filter((stray) => stray !== target);
    if (others.length > 0) book.setProfile(target, joinProfiles(book.profile(target), { strays: others }));
  }
}

function silenceFor(addressees: readonly Addressee[], isSuperseded: boolean): string {
  const isAboutTraits = addressees.some(({ draft }) => ["identify", "consent", "state"].includes(draft.kind));
  if (!isAboutTraits) return "a group without an object_type_id";
  return isSuperseded ? "superseded by newer traits" : "traits unchanged";
}

/** A user's address that became another's meanwhile is not taken away: the telling of the other one does it. */
function withoutLoss({ email, ...others }: Properties, addresses: readonly string[]): Properties {
  if (email === undefined || (email === null && addresses.length > 0)) return others;
  return { ...others, email };
}

/** The first merge call carries what is new: it is accepted before anything else of the person leaves. */
function splitNews({ calls }: Merged, news: Properties): readonly [readonly UnstampedCall[], Properties] {
  const index = calls.findIndex((call) => call.type === "identify");
  // After an alias the attributes are not known: they are said once more, behind it.
  if (index === -1 || calls.some(({ type }) => type === "alias")) return [calls, news];
  return [
    calls.map((call, at) => (at === index && call.type === "identify" ? { ...call, traits: { ...news, ...call.traits } } : call)),
    {},
  ];
}

/**
 * Whether an address may still be told with which the user id must leave: Customer.io joins the two only if the first call about the user id
 * carries both.
 */
function isAwaitingAddress(book: Book, key: string, { identifiers }: Account): boolean {
  const profile = book.profile(key);
  return (
    identifiers === "email_and_id" && partsOf(key).kind === "user" && profile.left !== true && addressesOf(profile).length === 0
  );
}

/**
 * Customer.io lets one person have an address. Another user who has it there gives it up first: one who was deleted, or who shares it and comes
 * second.
 */
function giveUps(
  book: Book,
  key: string,
  account: Account,
  now: number,
): readonly { readonly from: string; readonly call: UnstampedCall }[] {
  const addresses = partsOf(key).kind === "user" ? addressesOf(book.profile(key)) : [];
  const others = addresses.flatMap((address) => book.address(address)?.users.map(([userId]) => userKeyOf(userId)) ?? []);
  return [...new Set(others)].flatMap((other) => {
    const { left, deleted } = book.profile(other);
    if (other === key || left !== true || deleted?.isGone === true) return [];
    const before = toldOf(book, other, account);
    const after = attributesOf(other, book.profile(other), account, book);
    if (typeof before.email !== "string" || !addresses.includes(before.email) || before.email === after.email) return [];
    const userId = nameOf(other);
    book.setTold(other, after);
    const at = Math.max(now, (book.profile(other).told ?? -1) + 1);
    book.setProfile(other, tidy({ ...book.profile(other), told: at }));
    const call = { type: "identify", userId, traits: differenceOf(before, after), key: `core/give-up/${userId}`, at } as const;
    return [{ from: other, call }];
  });
}

/** A person who is known by an address needs no call that says the address alone. */
function saysOnlyWho(key: string, traits: Properties): boolean {
  return Object.keys(traits).length === 1 && typeof traits.email === "string" && emailKeyOf(traits.email) === key;
}

/** Records in the profile under a key what a draft states. A deletion is known of the user too, where an address identifies people. */
export function keep(book: Book, key: string, draft: Draft, input: RecordInput): void {
  const { userId } = input.resolution;
  book.setProfile(key, recorded(book.profile(key), draft, input));
  const user = userId === null ? key : userKeyOf(userId);
  if (draft.kind === "deleted" && user !== key) book.setProfile(user, recorded(book.profile(user), draft, input));
}
