/**
 * `npx tributary people explain`: what the identity book knows of a person, and where an event that names them goes.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { askOperator } from "../operator.ts";
import { escaped, print, printJson } from "../printer.ts";
import type { ConflictValues } from "./conflicts.ts";
import { RULES } from "./rules.ts";

type Explanation = OperationOutput<"people.explain">;
type Profile = Explanation["profiles"][number];
type Link = NonNullable<Explanation["ids"][number]["user"]>;

const READ_AS: Readonly<Record<Explanation["readAs"], string>> = {
  user: "a user id",
  email: "an address",
  person: "a vendor's id of a person",
  reference: "a vendor's id of a thing",
};

/** Explains one name. */
export async function explain(values: ConflictValues, name: string): Promise<Exit> {
  const answer = await askOperator(values, "people.explain", { name });
  if (!answer.ok) return fail(answer.exit, answer.problem);
  if (values.json) printJson(answer.value);
  else for (const line of linesOf(answer.value)) print(line);
  return "ok";
}

/** What a person reads of an explanation: one line for each element, safe for a terminal. */
export function linesOf(explanation: Explanation): readonly string[] {
  const { name, readAs, goesTo, erased, waiting, incomplete, ids, addresses, profiles, conflicts, shards } = explanation;
  const nothing = ids.length + addresses.length + profiles.length === 0 ? ["The book knows nothing of it."] : [];
  const lines = [
    `${name} is read as ${READ_AS[readAs]}.`,
    ...(erased ? ["It was erased: events that name it are ignored. To let the person come back: npx tributary erase lift"] : []),
    goesTo === null
      ? "An event that names nothing else leads to no one."
      : `An event that names nothing else goes to ${goesTo.anonymous ? "the anonymous id " : ""}${goesTo.identifier}, by rule ${RULES[goesTo.step]}.`,
    ...(waiting > 0 ? [`Waiting for this person: ${counted(waiting, "event")}.`] : []),
    ...nothing,
    ...section(
      "Ids",
      ids.flatMap(({ id, user, email, person, tied }) => [
        ...linkLines(id, "user", user),
        ...linkLines(id, "address", email),
        ...linkLines(id, "person", person),
        ...(tied.length > 0 ? [`${id}  with ${tied.join(", ")}`] : []),
      ]),
    ),
    ...(incomplete ? ["  Further ids may lead here: the book is too large to search them all."] : []),
    ...section("Addresses", addresses.flatMap(addressLines)),
    ...profiles.flatMap((profile) => section(titleOf(profile), profileLines(profile))),
    ...section(
      "Conflicts",
      conflicts.map(({ number, state, text }) => `${number}  ${state}  ${text}`),
    ),
  ];
  lines.push(...shards.map((shard) => `${shard} has a book of its own: ask with --account ${shard} for what it knows.`));
  // A value may hold line breaks, which would look like lines of ours.
  return lines.map(escaped);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function linkLines(id: string, what: string, link: Link | null): readonly string[] {
  if (link === null) return [];
  const { to, trust, at, by } = link;
  return [`${id}  ${what} ${to ?? "(shared by many people: leads to none)"}  ${trust}, ${taught(at, by)}`];
}

function addressLines({ address, holder, userId, users, decided }: Explanation["addresses"][number]): readonly string[] {
  const held = {
    user: `is that of ${userId}`,
    none: "belongs to no user",
    shared: "is shared by several users: it leads to none of them",
  }[holder];
  const by = decided === null ? "" : `, as decided ${timeOf(decided.at)}`;
  return [
    `${address}  ${held}${by}`,
    ...users.map((user) => `${address}  stated with ${user.userId}, ${taught(user.at, user.by)}`),
  ];
}

function titleOf({ name, kind, left }: Profile): string {
  const kinds = { user: "User", email: "Address", anonymous: "Anonymous id" };
  return `${kinds[kind]} ${name}  ${left ? "Customer.io knows it" : "Customer.io does not know it"}`;
}

function profileLines(profile: Profile): readonly string[] {
  const { into, apart, strays, deleted, addresses, traits, choices, optOuts, optIns, states, attributes } = profile;
  const sent = Object.entries(attributes);
  return [
    ...(into === null ? [] : [`goes on as ${into}`]),
    ...apart.map((other) => `exists a second time as ${other}`),
    ...strays.map((other) => `was anonymous as ${other}`),
    ...(deleted === null
      ? []
      : [
          `deleted ${timeOf(deleted.at)} by ${deleted.source}${deleted.gone ? ", in Customer.io too: later events are ignored" : ""}`,
        ]),
    ...addresses.map(({ address, source, at, by }) => `address ${address}  from ${source}, ${taught(at, by)}`),
    ...traits.map(
      ({ name, value, origin, trusted, at }) =>
        `trait ${name} = ${textOf(value)}  from ${origin}, ${trusted ? "verified" : "claimed"}, ${timeOf(at)}`,
    ),
    ...choices.map(
      ({ source, channel, topic, state, at }) =>
        `choice ${state}  ${channel}${topic && `, ${topic}`}  from ${source}, ${timeOf(at)}`,
    ),
    ...optOuts.map(
      ({ channel, at, acts, final }) =>
        `opted out of ${channel}  ${timeOf(at)}${final ? ", for good" : ""}${acts ? "" : ", which is a trait alone"}`,
    ),
    ...optIns.map(({ channel, origin, at }) => `opted in to ${channel}  from ${origin}, ${timeOf(at)}`),
    ...states.map(({ of, name, value, at }) => `state ${of}  ${name} = ${textOf(value)}, ${at}`),
    ...sent.map(([name, value]) => `attribute ${name} = ${textOf(value)}`),
  ];
}

function taught(at: number, by: string | null): string {
  return by === null ? timeOf(at) : `${timeOf(at)} by ${by}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
