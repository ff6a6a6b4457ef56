/**
 * The people that would result from calls: a fold over plain data, without clock and storage.
 *
 * Where the documentation is silent: a track, page, screen or group call creates the person it is about; a repeated messageId of an
 * activity counts once; anonymous activity is as old as its arrival; an event for a suppressed person is dropped without a failure.
 * @see https://docs.customer.io/journeys/merge-anonymous/
 * @see https://docs.customer.io/integrations/api/cdp/customerio/
 */
import type { Identifiers, Region } from "../config/model.ts";
import { attributesAsJson, byteLength, LONGEST_EVENT_NAME, noAttributes, setAttributes, traitsWithout } from "./attributes.ts";
import { isObject, type JsonObject, type PipelinesEvent, textOf } from "./calls.ts";
import {
  type Activity,
  type Address,
  type Anonymous,
  addressOf,
  createPerson,
  createWorkspace,
  deletePerson,
  findPerson,
  isSuppressed,
  mergePeople,
  objectionTo,
  type Person,
  type RelatedObject,
  setIdentifier,
  suppress,
  unsuppress,
  type Workspace,
} from "./workspace.ts";

/** A call that the sandbox took. */
export interface RecordedCall {
  readonly seq: number;
  readonly region: Region;
  /** As on the real host: `/v1/batch`. */
  readonly path: string;
  readonly key: string;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  readonly event: PipelinesEvent;
}

/** Where something is: people of one API key know nothing of another's. */
interface Place {
  readonly region: Region;
  readonly key: string;
}

interface ActivityView {
  readonly type: Activity["type"];
  readonly name: string;
  readonly timestamp: string;
  readonly messageId: string | null;
}

/** A person as Customer.io would show them. Times in `attributes` are Unix seconds. */
export interface PersonView extends Place {
  readonly id: string | null;
  readonly email: string | null;
  readonly cio_id: string;
  readonly anonymousIds: readonly string[];
  readonly attributes: JsonObject;
  /** By timestamp. */
  readonly events: readonly ActivityView[];
  readonly devices: readonly { readonly token: string; readonly platform: string | null; readonly attributes: JsonObject }[];
  readonly deleted?: true;
  readonly suppressed?: true;
}

/** Everything that would result. */
export interface PeopleView {
  readonly people: readonly PersonView[];
  readonly anonymous: readonly (Place & {
    readonly anonymousId: string;
    readonly attributes: JsonObject;
    readonly events: readonly ActivityView[];
  })[];
  readonly objects: readonly (Place & {
    readonly objectTypeId: string;
    readonly objectId: string;
    readonly attributes: JsonObject;
    readonly relationships: readonly { readonly person: JsonObject; readonly attributes: JsonObject }[];
  })[];
  /** What was answered with 200 and not done. */
  readonly failures: readonly (Place & { readonly seq: number; readonly reason: string })[];
}

/** The people of all workspaces. */
export interface People {
  /** Takes the next call, in order of arrival. */
  apply(call: RecordedCall): void;
  /** What resulted so far, of one region or of both. */
  view(region: Region | null): PeopleView;
}

const MERGED_FOR = 30 * 24 * 60 * 60 * 1000;
const LINKED_FOR = 5 * 60 * 1000;

/** Traits that are identifiers of the profile or say something about an object. */
const RESERVED_TRAITS = [
  "id",
  "email",
  "cio_id",
  "anonymous_id",
  "objectId",
  "objectTypeId",
  "object_type_id",
  "relationshipAttributes",
];
const OBJECT_TRAITS = ["objectTypeId", "object_type_id", "relationshipAttributes"];

/** Nobody yet. */
export function createPeople(identifiers: Identifiers): People {
  const workspaces = new Map<string, Workspace>();
  return {
    apply: (call) => {
      const place = `${call.region} ${call.key}`;
      const workspace = workspaces.get(place) ?? createWorkspace(call.region, call.key, identifiers);
      workspaces.set(place, workspace);
      HANDLERS[call.event.type](workspace, call);
    },
    view: (region) => {
      const shown = [...workspaces.values()].filter((workspace) => region === null || workspace.region === region).map(viewOf);
      return {
        people: shown.flatMap((view) => view.people),
        anonymous: shown.flatMap((view) => view.anonymous),
        objects: shown.flatMap((view) => view.objects),
        failures: shown.flatMap((view) => view.failures),
      };
    },
  };
}

type Handler = (workspace: Workspace, call: RecordedCall) => void;

const HANDLERS: Readonly<Record<PipelinesEvent["type"], Handler>> = {
  identify,
  track,
  page: (workspace, call) => seen(workspace, call, "page", objectAt(call.event, "properties").url, "page without properties.url"),
  screen: (workspace, call) => seen(workspace, call, "screen", call.event.name, "screen without name"),
  group,
  alias,
};

/** Track calls that Customer.io carries out instead of keeping them as events. */
const ACTIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "User Deleted",
    withAddress((workspace, address) => {
      const person = findPerson(workspace, address);
      if (person) deletePerson(workspace, person);
    }),
  ],
  ["User Suppressed", withAddress(suppress)],
  ["User Unsuppressed", withAddress(unsuppress)],
  ["Device Created or Updated", setDevice],
  ["Device Deleted", deleteDevice],
  ["Relationship Deleted", deleteRelationship],
  ["Object Deleted", (workspace, call) => workspace.objects.delete(objectIndex(objectAt(call.event, "properties")))],
  ["Report Delivery Event", () => {}],
  ["Report Content Event", () => {}],
]);

/** Events that are kept and change the person's devices too. */
const DEVICE_EVENTS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["Application Installed", setDevice],
  ["Application Opened", setDevice],
  ["Application Uninstalled", deleteDevice],
]);

function identify(workspace: Workspace, call: RecordedCall): void {
  const traits = objectAt(call.event, "traits");
  const email = textOf(traits.email);
  const anonymousId = textOf(call.event.anonymousId);
  const userId = textOf(call.event.userId) ?? (workspace.identifiers === "id" ? null : email);
  const attributes = traitsWithout(traits, RESERVED_TRAITS);
  if (userId === null) {
    // Without an address an e-mail is an attribute like any other.
    if (email !== null) attributes.set("email", email);
    if (anonymousId !== null)
      report(workspace, call, setAttributes(anonymousAt(workspace, anonymousId).attributes, attributes, timeOf(call)));
    return;
  }
  const address = addressOf(userId);
  const person = identified(workspace, call, address, email);
  if (!person) return;

  const mayChange = address.kind === "cio_id";
  const id = textOf(traits.id);
  if (id !== null && address.kind !== "id")
    fail(workspace, call, setIdentifier(workspace, person, { kind: "id", value: id }, mayChange));
  if (email !== null && workspace.identifiers !== "id") {
    fail(workspace, call, setIdentifier(workspace, person, { kind: "email", value: email }, mayChange));
  }
  const known = workspace.identifiers === "id" ? email : person.email;
  if (known !== null) attributes.set("email", known);
  report(workspace, call, setAttributes(person.attributes, attributes, timeOf(call)));
  if (textOf(traits.objectId) !== null)
    relate(objectFor(workspace, { ...traits, groupId: traits.objectId }), person, traits, call);
  if (anonymousId !== null) link(workspace, call, person, anonymousId);
}

/** Whom an identify is about: who has the address, else who has the e-mail and no id yet, else somebody new. */
function identified(workspace: Workspace, call: RecordedCall, address: Address, email: string | null): Person | null {
  const owner =
    email === null || workspace.identifiers !== "email_and_id" ? null : findPerson(workspace, { kind: "email", value: email });
  if (
    address.kind === "id" &&
    owner &&
    owner.id === null &&
    !findPerson(workspace, address) &&
    !isSuppressed(workspace, address)
  ) {
    const problem = setIdentifier(workspace, owner, { kind: "id", value: address.value }, false);
    if (problem === null) return owner;
  }
  return personAt(workspace, call, address);
}

/** The person at an address, made if need be; `null` where Customer.io drops the call. */
function personAt(workspace: Workspace, call: RecordedCall, address: Address): Person | null {
  const objection = objectionTo(workspace, address);
  if (objection) return fail(workspace, call, objection);
  if (isSuppressed(workspace, address)) return null;
  const person = findPerson(workspace, address);
  if (person) return person;
  return address.kind === "cio_id"
    ? fail(workspace, call, `nobody has cio_id ${address.value}`)
    : createPerson(workspace, address);
}

/** Moves anonymous activity of the last 30 days to the person; what is received in the next five minutes follows. */
function link(workspace: Workspace, call: RecordedCall, person: Person, anonymousId: string): void {
  const at = Date.parse(call.receivedAt);
  person.anonymousIds.add(anonymousId);
  workspace.links.set(anonymousId, { person, at });
  mergeActivities(workspace, person, anonymousId, at);
}

function mergeActivities(workspace: Workspace, person: Person, anonymousId: string, at: number): void {
  const anonymous = workspace.anonymous.get(anonymousId);
  if (!anonymous) return;
  const merged = anonymous.activities.filter((activity) => at - activity.receivedAt <= MERGED_FOR);
  const kept = anonymous.activities.filter((activity) => !merged.includes(activity));
  person.activities.push(...merged);
  anonymous.activities.splice(0, Number.POSITIVE_INFINITY, ...kept);
  if (kept.length === 0 && anonymous.attributes.values.size === 0) workspace.anonymous.delete(anonymousId);
}

function track(workspace: Workspace, call: RecordedCall): void {
  const name = textOf(call.event.event)?.trim() ?? "";
  const action = ACTIONS.get(name);
  if (action) {
    action(workspace, call);
    return;
  }
  DEVICE_EVENTS.get(name)?.(workspace, call);
  seen(workspace, call, "event", name, "event without a name");
}

function seen(workspace: Workspace, call: RecordedCall, type: Activity["type"], given: unknown, problem: string): void {
  const name = textOf(given);
  if (name === null) return void fail(workspace, call, problem);
  if (type === "event" && byteLength(name) > LONGEST_EVENT_NAME) {
    return void fail(workspace, call, `event name of more than ${LONGEST_EVENT_NAME} bytes`);
  }
  const messageId = textOf(call.event.messageId);
  if (messageId !== null && workspace.messageIds.has(messageId)) return;
  if (messageId !== null) workspace.messageIds.add(messageId);
  activitiesFor(workspace, call)?.push({
    type,
    name,
    timestamp: new Date(timeOf(call)).toISOString(),
    messageId,
    receivedAt: Date.parse(call.receivedAt),
  });
}

/** Where the activity of a call belongs: `null` where it is nobody's (an event of a group alone, of somebody suppressed). */
function activitiesFor(workspace: Workspace, call: RecordedCall): Activity[] | null {
  const userId = textOf(call.event.userId);
  if (userId !== null) return personAt(workspace, call, addressOf(userId))?.activities ?? null;
  const anonymousId = textOf(call.event.anonymousId);
  if (anonymousId === null) return null;
  const linked = workspace.links.get(anonymousId);
  if (linked && Date.parse(call.receivedAt) - linked.at <= LINKED_FOR) return linked.person.activities;
  return anonymousAt(workspace, anonymousId).activities;
}

function anonymousAt(workspace: Workspace, anonymousId: string): Anonymous {
  const known = workspace.anonymous.get(anonymousId);
  if (known) return known;
  const anonymous = { attributes: noAttributes(), activities: [] };
  workspace.anonymous.set(anonymousId, anonymous);
  return anonymous;
}

function group(workspace: Workspace, call: RecordedCall): void {
  const traits = objectAt(call.event, "traits");
  const object = objectFor(workspace, { ...traits, groupId: call.event.groupId });
  report(workspace, call, setAttributes(object.attributes, traitsWithout(traits, OBJECT_TRAITS), timeOf(call)));
  const userId = textOf(call.event.userId);
  const subject = userId === null ? textOf(call.event.anonymousId) : personAt(workspace, call, addressOf(userId));
  if (subject !== null) relate(object, subject, traits, call);
}

function relate(object: RelatedObject, subject: Person | string, traits: JsonObject, call: RecordedCall): void {
  const attributes = object.relationships.get(subject) ?? noAttributes();
  setAttributes(attributes, new Map(Object.entries(objectAt(traits, "relationshipAttributes"))), timeOf(call));
  object.relationships.set(subject, attributes);
}

/** Takes `groupId`, or `objectId` as the actions call it; the type is 1 unless it is said. */
function objectIdentity(says: JsonObject): { readonly objectTypeId: string; readonly objectId: string } {
  const objectTypeId = scalar(says.object_type_id) ?? scalar(says.objectTypeId) ?? "1";
  return { objectTypeId, objectId: scalar(says.groupId) ?? scalar(says.objectId) ?? "" };
}

function scalar(value: unknown): string | null {
  return typeof value === "number" ? String(value) : textOf(value);
}

function objectIndex(says: JsonObject): string {
  const { objectTypeId, objectId } = objectIdentity(says);
  return `${objectTypeId} ${objectId}`;
}

function objectFor(workspace: Workspace, says: JsonObject): RelatedObject {
  const known = workspace.objects.get(objectIndex(says));
  if (known) return known;
  const object = {
    ...objectIdentity(says),
    attributes: noAttributes(),
    relationships: new Map<Person | string, ReturnType<typeof noAttributes>>(),
  };
  workspace.objects.set(objectIndex(says), object);
  return object;
}

function deleteRelationship(workspace: Workspace, call: RecordedCall): void {
  const person = withPerson(workspace, call);
  if (person) workspace.objects.get(objectIndex(objectAt(call.event, "properties")))?.relationships.delete(person);
}

/** The primary must exist; the secondary is a person or an anonymous id. */
function alias(workspace: Workspace, call: RecordedCall): void {
  const primary = withPerson(workspace, call);
  const previousId = textOf(call.event.previousId) ?? "";
  if (!primary) return void fail(workspace, call, "alias to a person who does not exist");
  const secondary = findPerson(workspace, addressOf(previousId));
  if (secondary && secondary !== primary) mergePeople(workspace, primary, secondary);
  else if (!secondary) link(workspace, call, primary, previousId);
}

function setDevice(workspace: Workspace, call: RecordedCall): void {
  const device = objectAt(objectAt(call.event, "context"), "device");
  const token = textOf(device.token);
  if (token === null) return void fail(workspace, call, "device without context.device.token");
  const userId = textOf(call.event.userId);
  const person = userId === null ? null : personAt(workspace, call, addressOf(userId));
  person?.devices.set(token, { platform: textOf(device.type), attributes: objectAt(call.event, "properties") });
}

function deleteDevice(workspace: Workspace, call: RecordedCall): void {
  const token = textOf(objectAt(objectAt(call.event, "context"), "device").token);
  if (token !== null) withPerson(workspace, call)?.devices.delete(token);
}

function withPerson(workspace: Workspace, call: RecordedCall): Person | null {
  const userId = textOf(call.event.userId);
  return userId === null ? null : findPerson(workspace, addressOf(userId));
}

/** A handler for actions that are about a person by their `userId`. */
function withAddress(act: (workspace: Workspace, address: Address) => void): Handler {
  return (workspace, call) => {
    const userId = textOf(call.event.userId);
    if (userId === null) return void fail(workspace, call, `${textOf(call.event.event)} without userId`);
    const address = addressOf(userId);
    const objection = objectionTo(workspace, address);
    if (objection) return void fail(workspace, call, objection);
    act(workspace, address);
  };
}

function fail(workspace: Workspace, call: RecordedCall, reason: string | null): null {
  if (reason !== null) workspace.failures.push({ seq: call.seq, reason });
  return null;
}

function report(workspace: Workspace, call: RecordedCall, reasons: readonly string[]): void {
  for (const reason of reasons) fail(workspace, call, reason);
}

/** When it happened, milliseconds: the call's own timestamp, else when it was received. */
function timeOf(call: RecordedCall): number {
  const { timestamp } = call.event;
  const stated = typeof timestamp === "string" ? Date.parse(timestamp) : typeof timestamp === "number" ? timestamp : Number.NaN;
  return Math.abs(stated) <= 8.64e15 ? stated : Date.parse(call.receivedAt);
}

function objectAt(value: JsonObject, name: string): JsonObject {
  const inner = value[name];
  return isObject(inner) ? inner : {};
}

function viewOf(workspace: Workspace): PeopleView {
  const place = { region: workspace.region, key: workspace.key };
  return {
    people: [...workspace.people, ...workspace.deleted].map((person) => ({
      ...place,
      id: person.id,
      email: person.email ?? textOf(person.attributes.values.get("email")),
      cio_id: person.cioId,
      anonymousIds: [...person.anonymousIds],
      attributes: attributesAsJson(person.attributes),
      events: activitiesAsJson(person.activities),
      devices: [...person.devices].map(([token, device]) => ({ token, ...device })),
      ...(workspace.deleted.has(person) ? { deleted: true as const } : {}),
      ...(person.suppressed ? { suppressed: true as const } : {}),
    })),
    anonymous: [...workspace.anonymous].map(([anonymousId, anonymous]) => ({
      ...place,
      anonymousId,
      attributes: attributesAsJson(anonymous.attributes),
      events: activitiesAsJson(anonymous.activities),
    })),
    objects: [...workspace.objects.values()].map((object) => ({
      ...place,
      objectTypeId: object.objectTypeId,
      objectId: object.objectId,
      attributes: attributesAsJson(object.attributes),
      relationships: [...object.relationships].map(([subject, attributes]) => ({
        person:
          typeof subject === "string"
            ? { anonymousId: subject }
            : { id: subject.id, email: subject.email, cio_id: subject.cioId },
        attributes: attributesAsJson(attributes),
      })),
    })),
    failures: workspace.failures.map((failure) => ({ ...place, ...failure })),
  };
}

function activitiesAsJson(activities: readonly Activity[]): readonly ActivityView[] {
  return activities
    .map(({ receivedAt: _, ...activity }) => activity)
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
}
