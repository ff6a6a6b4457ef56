/**
 * The identify call: creates and updates people, and links anonymous visitors to them.
 */
import { setAttributes, traitsWithout } from "./attributes.ts";
import { objectAt, type RecordedCall, textOf, timeOf } from "./calls.ts";
import { relate, relatedObject } from "./objects.ts";
import { anonymousAt, linkAnonymous, personAt } from "./subjects.ts";
import {
  type Address,
  addressOf,
  fail,
  findPerson,
  isSuppressed,
  type Person,
  report,
  setIdentifier,
  type Workspace,
} from "./workspace.ts";

/** Traits that are identifiers of the person or describe an object. They do not become attributes. */
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

/** Applies an identify call. */
export function applyIdentify(workspace: Workspace, call: RecordedCall): void {
  const traits = objectAt(call.event, "traits");
  const email = textOf(traits.email);
  const anonymousId = textOf(call.event.anonymousId);
  const userId = textOf(call.event.userId) ?? (workspace.settings.identifiers === "id" ? null : email);
  const attributes = traitsWithout(traits, RESERVED_TRAITS);
  if (userId === null) {
    // Without an identifier, `email` is an attribute like any other.
    if (email !== null) attributes.set("email", email);
    if (anonymousId !== null)
      report(workspace, call, setAttributes(anonymousAt(workspace, anonymousId).attributes, attributes, timeIn(workspace, call)));
    return;
  }
  const address = addressOf(userId);
  const person = identifiedPerson(workspace, call, address, email);
  if (!person) return;

  const { identifiers, mayChangeEmail } = workspace.settings;
  const mayChange = address.kind === "cio_id";
  const id = textOf(traits.id);
  if (id !== null && address.kind !== "id")
    fail(workspace, call, setIdentifier(workspace, person, { kind: "id", value: id }, mayChange));
  if (email !== null && identifiers !== "id") {
    const mayReplace = mayChange || (mayChangeEmail && address.kind === "id");
    fail(workspace, call, setIdentifier(workspace, person, { kind: "email", value: email }, mayReplace));
  }
  const known = identifiers === "id" ? email : person.email;
  if (known !== null) attributes.set("email", known);
  report(workspace, call, setAttributes(person.attributes, attributes, timeIn(workspace, call)));
  if (textOf(traits.objectId) !== null)
    relate(relatedObject(workspace, { ...traits, groupId: traits.objectId }), person, traits, call);
  if (anonymousId !== null) linkAnonymous(workspace, call, person, anonymousId);
}

/** When a call's values were set, milliseconds since 1970. */
function timeIn(workspace: Workspace, call: RecordedCall): number {
  return workspace.settings.ordersByTime ? timeOf(call) : Date.parse(call.receivedAt);
}

/** The person that has the address, else the one that has the e-mail address and no id yet, else a new one. */
function identifiedPerson(workspace: Workspace, call: RecordedCall, address: Address, email: string | null): Person | null {
  const owner =
    email === null || workspace.settings.identifiers !== "email_and_id"
      ? null
      : findPerson(workspace, { kind: "email", value: email });
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
