/**
 * A workspace of Customer.io: its people, and the index of their identifiers. Every API key has its own workspace.
 *
 * Choice where the documentation is silent: if an identifier cannot be set, the rest of the call still applies.
 * @see https://docs.customer.io/journeys/identifying-people/
 * @see https://docs.customer.io/integrations/api/track/tag/track-customers/identify/
 */
import * as z from "zod";
import type { Identifiers, Region } from "../config/model.ts";
import { type Attributes, byteLength, LONGEST_ID, noAttributes } from "./attributes.ts";
import type { JsonObject, RecordedCall } from "./calls.ts";

/** The settings of a workspace that decide what becomes of a call. */
export interface WorkspaceSettings {
  readonly identifiers: Identifiers;
  /**
   * The setting "Allow updates to email using ID": a call by id may replace an address. Otherwise only a call by `cio_id` changes an
   * identifier once it is set.
   */
  readonly mayChangeEmail: boolean;
  /** The setting "Anonymous event merging". */
  readonly mergesAnonymous: boolean;
  /** Whether anonymous activity that arrives up to five minutes after its identify goes to the person. */
  readonly followsIdentify: boolean;
  /** Whether an attribute keeps its value against a call with an older timestamp; otherwise the last call to arrive wins. */
  readonly ordersByTime: boolean;
}

/** The settings of a new workspace. */
export const DEFAULT_SETTINGS: WorkspaceSettings = {
  identifiers: "email_and_id",
  mayChangeEmail: false,
  mergesAnonymous: true,
  followsIdentify: true,
  ordersByTime: true,
};

/** One entry of a person's activity. */
export interface Activity {
  readonly type: "event" | "page" | "screen";
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly timestamp: string;
  readonly messageId: string | null;
  /** Milliseconds since 1970. The 30 days of anonymous activity are counted from here. */
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

/** An anonymous visitor. */
export interface Anonymous {
  readonly attributes: Attributes;
  readonly activities: Activity[];
}

/** An object, with the attributes of its relationships. */
export interface RelatedObject {
  readonly objectTypeId: string;
  readonly objectId: string;
  readonly attributes: Attributes;
  /** By person or anonymous id. */
  readonly relationships: Map<Person | string, Attributes>;
}

/** A call that Customer.io answers with 200 but does not carry out. */
export interface Failure {
  readonly seq: number;
  /** May contain identifiers: the sandbox holds test data. */
  readonly reason: string;
}

/** An identifier of a person. */
export interface Address {
  readonly kind: "id" | "email" | "cio_id";
  readonly value: string;
}

/** A workspace. Only the functions of this file change `found` and `suppressed`. */
export interface Workspace {
  readonly region: Region;
  readonly key: string;
  readonly settings: WorkspaceSettings;
  readonly people: Set<Person>;
  /** Deleted people: still shown, but no identifier finds them. */
  readonly deleted: Set<Person>;
  readonly found: Map<string, Person>;
  readonly anonymous: Map<string, Anonymous>;
  /** For each anonymous id the person that it was linked to last, and when, milliseconds since 1970. */
  readonly links: Map<string, { readonly person: Person; readonly at: number }>;
  readonly objects: Map<string, RelatedObject>;
  /** Addresses that cannot be used again. */
  readonly suppressed: Set<string>;
  readonly messageIds: Set<string>;
  readonly failures: Failure[];
  created: number;
}

/** An empty workspace. */
export function createWorkspace(region: Region, key: string, settings: WorkspaceSettings): Workspace {
  return {
    region,
    key,
    settings,
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

/** The address that Customer.io reads from a `userId`, by its shape. */
export function addressOf(userId: string): Address {
  if (userId.startsWith("cio_")) return { kind: "cio_id", value: userId.slice("cio_".length) };
  return { kind: z.regexes.rfc5322Email.test(userId) ? "email" : "id", value: userId };
}

/** Why this workspace does not accept an address; `null` if it does. */
export function objectionTo(workspace: Workspace, address: Address): string | null {
  const other = { id: "email", email: "id", cio_id: null }[address.kind];
  if (workspace.settings.identifiers === other) return `${address.kind} is not an identifier in this workspace`;
  if (byteLength(address.value) > LONGEST_ID) return `${address.kind} of more than ${LONGEST_ID} bytes`;
  return null;
}

/** The person at an address; `null` if there is none. */
export function findPerson(workspace: Workspace, address: Address): Person | null {
  return workspace.found.get(indexOf(address)) ?? null;
}

/** Whether the address was suppressed. */
export function isSuppressed(workspace: Workspace, address: Address): boolean {
  return workspace.suppressed.has(indexOf(address));
}

/** Creates a person at an address. A deleted person with the same address is no longer shown. */
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
 * Sets an identifier of a person.
 * @param mayChange whether an existing one may be replaced
 * @returns why it cannot be set; `null` on success
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
  if (former !== null && !mayChange) return `${kind} is already set: only a call by cio_id can change it`;
  if (former !== null) workspace.found.delete(indexOf({ kind, value: former }));
  person[kind] = value;
  workspace.found.set(indexOf(identifier), person);
  return null;
}

/** Records why a call was not carried out, unless the reason is `null`. */
export function fail(workspace: Workspace, call: RecordedCall, reason: string | null): null {
  if (reason !== null) workspace.failures.push({ seq: call.seq, reason });
  return null;
}

/** Records several reasons. */
export function report(workspace: Workspace, call: RecordedCall, reasons: readonly string[]): void {
  for (const reason of reasons) fail(workspace, call, reason);
}

/** Deletes a person and all their data. */
export function deletePerson(workspace: Workspace, person: Person): void {
  removeFromIndexes(workspace, person);
  workspace.deleted.add(person);
  person.attributes.values.clear();
  person.activities.length = 0;
  person.devices.clear();
  person.anonymousIds.clear();
}

/** Deletes the person at an address and suppresses all their addresses. */
export function suppress(workspace: Workspace, address: Address): void {
  const person = findPerson(workspace, address) ?? createPerson(workspace, address);
  for (const own of addressesOf(person)) workspace.suppressed.add(indexOf(own));
  deletePerson(workspace, person);
  person.suppressed = true;
}

/** Allows an address, and those suppressed together with it, to be used again. */
export function unsuppress(workspace: Workspace, address: Address): void {
  workspace.suppressed.delete(indexOf(address));
  for (const person of workspace.deleted) {
    const own = addressesOf(person).map(indexOf);
    if (!person.suppressed || !own.includes(indexOf(address))) continue;
    for (const index of own) workspace.suppressed.delete(index);
    person.suppressed = false;
  }
}

/** Merges the secondary person into the primary. If both have a value, the primary's is kept. */
export function mergePeople(workspace: Workspace, primary: Person, secondary: Person): void {
  const related = [...workspace.objects.values()].flatMap(({ relationships }) => {
    const attributes = relationships.get(secondary);
    return attributes ? [{ relationships, attributes }] : [];
  });
  const { id, email, anonymousIds, activities, devices, attributes } = secondary;
  const links = [...workspace.links].filter(([, link]) => link.person === secondary);
  removeFromIndexes(workspace, secondary);

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

function removeFromIndexes(workspace: Workspace, person: Person): void {
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

/** E-mail addresses are case-insensitive, ids are not. */
function indexOf(address: Address): string {
  return `${address.kind}:${address.kind === "email" ? address.value.toLowerCase() : address.value}`;
}
