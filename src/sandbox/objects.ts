/**
 * Objects and their relationships: the group call and the actions on objects.
 */
import { noAttributes, setAttributes, traitsWithout } from "./attributes.ts";
import { type JsonObject, objectAt, type RecordedCall, textOf, timeOf } from "./calls.ts";
import { existingPerson, personAt } from "./subjects.ts";
import { addressOf, type Person, type RelatedObject, report, type Workspace } from "./workspace.ts";

const OBJECT_TRAITS = ["objectTypeId", "object_type_id", "relationshipAttributes"];

/** Applies a group call. */
export function applyGroup(workspace: Workspace, call: RecordedCall): void {
  const traits = objectAt(call.event, "traits");
  const object = relatedObject(workspace, { ...traits, groupId: call.event.groupId });
  report(workspace, call, setAttributes(object.attributes, traitsWithout(traits, OBJECT_TRAITS), timeOf(call)));
  const userId = textOf(call.event.userId);
  const subject = userId === null ? textOf(call.event.anonymousId) : personAt(workspace, call, addressOf(userId));
  if (subject !== null) relate(object, subject, traits, call);
}

/** Relates an object to a person or an anonymous id. */
export function relate(object: RelatedObject, subject: Person | string, traits: JsonObject, call: RecordedCall): void {
  const attributes = object.relationships.get(subject) ?? noAttributes();
  setAttributes(attributes, new Map(Object.entries(objectAt(traits, "relationshipAttributes"))), timeOf(call));
  object.relationships.set(subject, attributes);
}

/** Group calls name the object `groupId`, actions `objectId`. The default type is 1. */
function objectIdentity(named: JsonObject): { readonly objectTypeId: string; readonly objectId: string } {
  const objectTypeId = scalar(named.object_type_id) ?? scalar(named.objectTypeId) ?? "1";
  return { objectTypeId, objectId: scalar(named.groupId) ?? scalar(named.objectId) ?? "" };
}

function scalar(value: unknown): string | null {
  return typeof value === "number" ? String(value) : textOf(value);
}

function indexOf(named: JsonObject): string {
  const { objectTypeId, objectId } = objectIdentity(named);
  return `${objectTypeId} ${objectId}`;
}

/** Finds or creates the object that a call names. */
export function relatedObject(workspace: Workspace, named: JsonObject): RelatedObject {
  const known = workspace.objects.get(indexOf(named));
  if (known) return known;
  const object = {
    ...objectIdentity(named),
    attributes: noAttributes(),
    relationships: new Map<Person | string, ReturnType<typeof noAttributes>>(),
  };
  workspace.objects.set(indexOf(named), object);
  return object;
}

/** The action `Relationship Deleted`. */
export function deleteRelationship(workspace: Workspace, call: RecordedCall): void {
  const person = existingPerson(workspace, call);
  if (person) workspace.objects.get(indexOf(objectAt(call.event, "properties")))?.relationships.delete(person);
}

/** The action `Object Deleted`. */
export function deleteObject(workspace: Workspace, call: RecordedCall): void {
  workspace.objects.delete(indexOf(objectAt(call.event, "properties")));
}
