/**
 * A workspace of Customer.io: its people and by what they are found. Every API key has its own.
 *
 * Where the documentation is silent: people with an id keep it, and their e-mail address too, unless addressed by `cio_id` (the setting
 * "Allow updates to email using ID" is off); an identifier that cannot be set fails alone, the rest of the call counts.
 * @see https://docs.customer.io/journeys/identifying-people/
 * @see https://docs.customer.io/integrations/api/track/tag/track-customers/identify/
 */
import * as z from "zod";
import type { Identifiers, Region } from "../config/model.ts";
import { type Attributes, byteLength, LONGEST_ID, noAttributes } from "./attributes.ts";
import type { JsonObject } from "./calls.ts";

/** One entry of a person's activity. */
export interface Activity {
  readonly type: "event" | "page" | "screen";
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly timestamp: string;
  readonly messageId: string | null;
  /** Milliseconds: what the 30 days of anonymous activity are counted from. */
  readonly receivedAt: number;
}

/** A person. */
export interface Person {
  readonly cioId: string;
  id: string | null;
  email: string | null;
  readonly anonymousIds: Set<string>;
  readonly attributes: Attributes;
  readonly activities: Activity[];
  /** By token. */
  readonly devices: Map<string, { readonly platform: string | null; readonly attributes: JsonObject }>;
  suppressed: boolean;
}

/** What is known of somebody without identifiers. */
export interface Anonymous {
  readonly attributes: Attributes;
  readonly activities: Activity[];
}

/** An object, and its relationships by a text of its own for each subject. */
export interface RelatedObject {
  readonly objectTypeId: string;
  readonly objectId: string;
  readonly attributes: Attributes;
  /** By person, or by anonymous id. */
  readonly relationships: Map<Person | string, Attributes>;
}

/** Something that Customer.io answers with 200 and does not do. */
export interface Failure {
  readonly seq: number;
  /** May quote identifiers: this is a sandbox. */
  readonly reason: string;
}

/** What a `userId` means. */
export interface Address {
  readonly kind: "id" | "email" | "cio_id";
  readonly value: string;
}

/** A workspace; its functions keep what it finds people by. */
export interface Workspace {
  readonly region: Region;
  readonly key: string;
  readonly identifiers: Identifiers;
  readonly people: Set<Person>;
  /** People who are gone: seen, but found by nothing. */
  readonly deleted: Set<Person>;
  readonly found: Map<string, Person>;
  readonly anonymous: Map<string, Anonymous>;
  /** The person whose identify carried an anonymous id last, and when, milliseconds. */
  readonly links: Map<string, { readonly person: Person; readonly at: number }>;
  readonly objects: Map<string, RelatedObject>;
  /** Addresses that cannot come back. */
  readonly suppressed: Set<string>;
  readonly messageIds: Set<string>;
  readonly failures: Failure[];
  created: number;
}

/** A workspace with nobody in it. */
export function createWorkspace(region: Region, key: string, identifiers: Identifiers): Workspace {
  return {
    region,
    key,
    identifiers,
    people: new Set(),
    deleted: new Set(),
    found: new Map(),
    anonymous: new Map(),
    links: new Map(),
    objects: new Map(),
    suppressed: new Set(),
    messageIds: new Set(),
    failures: [],
    created: 0,
  };
}

/** How Customer.io reads a `userId`, by its shape. */
export function addressOf(userId: string): Address {
  if (userId.startsWith("cio_")) return { kind: "cio_id", value: userId.slice("cio_".length) };
  return { kind: z.regexes.rfc5322Email.test(userId) ? "email" : "id", value: userId };
}

/** Why nobody can be addressed so in this workspace, or `null`. */
export function objectionTo(workspace: Workspace, address: Address): string | null {
  const other = { id: "email", email: "id", cio_id: null }[address.kind];
  if (workspace.identifiers === other) return `${address.kind} is no identifier in this workspace`;
  if (byteLength(address.value) > LONGEST_ID) return `${address.kind} of more than ${LONGEST_ID} bytes`;
  return null;
}

/** The person at an address, or `null`. */
export function findPerson(workspace: Workspace, address: Address): Person | null {
  return workspace.found.get(indexOf(address)) ?? null;
}

/** Whether the address was suppressed. */
export function isSuppressed(workspace: Workspace, address: Address): boolean {
  return workspace.suppressed.has(indexOf(address));
}

/** A new person at an address. A deleted one of the same address is seen no longer. */
export function createPerson(workspace: Workspace, address: Address): Person {
  for (const person of workspace.deleted) {
    if (addressesOf(person).some((other) => indexOf(other) === indexOf(address))) workspace.deleted.delete(person);
  }
  workspace.created += 1;
  const person: Person = {
    cioId: `03${workspace.created.toString(16).padStart(6, "0")}`,
    id: address.kind === "id" ? address.value : null,
    email: address.kind === "email" ? address.value : null,
    anonymousIds: new Set(),
    attributes: noAttributes(),
    activities: [],
    devices: new Map(),
    suppressed: false,
  };
  workspace.people.add(person);
  for (const own of addressesOf(person)) workspace.found.set(indexOf(own), person);
  return person;
}

/**
 * Gives a person an identifier.
 * @param mayChange whether one that is set already may be replaced
 * @returns why it cannot be given, or `null` when the person has it now
 */
export function setIdentifier(
  workspace: Workspace,
  person: Person,
  identifier: { readonly kind: "id" | "email"; readonly value: string },
  mayChange: boolean,
): string | null {
  const { kind, value } = identifier;
  const objection = objectionTo(workspace, identifier);
  if (objection) return objection;
  if (isSuppressed(workspace, identifier)) return `${kind} ${value} is suppressed`;
  const owner = findPerson(workspace, identifier);
  if (owner === person) return null;
  if (owner) return `${kind} ${value} belongs to another person`;
  const former = person[kind];
  if (former !== null && !mayChange) return `${kind} is set already: only a call by cio_id changes it`;
  if (former !== null) workspace.found.delete(indexOf({ kind, value: former }));
  person[kind] = value;
  workspace.found.set(indexOf(identifier), person);
  return null;
}

/** Deletes a person, with everything known of them. */
export function deletePerson(workspace: Workspace, person: Person): void {
  forget(workspace, person);
  workspace.deleted.add(person);
  person.attributes.values.clear();
  person.activities.length = 0;
  person.devices.clear();
  person.anonymousIds.clear();
}

/** Deletes whoever is at an address and keeps all their addresses from coming back. */
export function suppress(workspace: Workspace, address: Address): void {
  const person = findPerson(workspace, address) ?? createPerson(workspace, address);
  for (const own of addressesOf(person)) workspace.suppressed.add(indexOf(own));
  deletePerson(workspace, person);
  person.suppressed = true;
}

/** Lets the addresses that were suppressed with this one come back. */
export function unsuppress(workspace: Workspace, address: Address): void {
  workspace.suppressed.delete(indexOf(address));
  for (const person of workspace.deleted) {
    const own = addressesOf(person).map(indexOf);
    if (!person.suppressed || !own.includes(indexOf(address))) continue;
    for (const index of own) workspace.suppressed.delete(index);
    person.suppressed = false;
  }
}

/** Folds one person into another, who wins wherever both say something. */
export function mergePeople(workspace: Workspace, primary: Person, secondary: Person): void {
  const related = [...workspace.objects.values()].flatMap(({ relationships }) => {
    const attributes = relationships.get(secondary);
    return attributes ? [{ relationships, attributes }] : [];
  });
  const { id, email, anonymousIds, activities, devices, attributes } = secondary;
  const links = [...workspace.links].filter(([, link]) => link.person === secondary);
  forget(workspace, secondary);

  if (id !== null) setIdentifier(workspace, primary, { kind: "id", value: id }, false);
  if (email !== null) setIdentifier(workspace, primary, { kind: "email", value: email }, false);
  for (const anonymousId of anonymousIds) primary.anonymousIds.add(anonymousId);
  for (const [anonymousId, link] of links) workspace.links.set(anonymousId, { ...link, person: primary });
  for (const [token, device] of devices) if (!primary.devices.has(token)) primary.devices.set(token, device);
  for (const [name, value] of attributes.values) {
    if (!primary.attributes.values.has(name)) primary.attributes.values.set(name, value);
  }
  for (const object of related) if (!object.relationships.has(primary)) object.relationships.set(primary, object.attributes);
  primary.activities.push(...activities);
}

function forget(workspace: Workspace, person: Person): void {
  workspace.people.delete(person);
  for (const own of addressesOf(person)) workspace.found.delete(indexOf(own));
  for (const [anonymousId, link] of workspace.links) if (link.person === person) workspace.links.delete(anonymousId);
  for (const object of workspace.objects.values()) object.relationships.delete(person);
}

function addressesOf(person: Person): readonly Address[] {
  return [
    { kind: "cio_id", value: person.cioId },
    ...(person.id === null ? [] : [{ kind: "id" as const, value: person.id }]),
    ...(person.email === null ? [] : [{ kind: "email" as const, value: person.email }]),
  ];
}

/** E-mail addresses are the same person's in any case; ids are not. */
function indexOf(address: Address): string {
  return `${address.kind}:${address.kind === "email" ? address.value.toLowerCase() : address.value}`;
}
