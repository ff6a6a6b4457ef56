/**
 * Who a call is about: a person, found or created, or an anonymous visitor.
 * @see https://docs.customer.io/journeys/merge-anonymous/
 */
import { noAttributes } from "./attributes.ts";
import { type RecordedCall, textOf } from "./calls.ts";
import {
  type Address,
  type Anonymous,
  addressOf,
  createPerson,
  fail,
  findPerson,
  isSuppressed,
  objectionTo,
  type Person,
  type Workspace,
} from "./workspace.ts";

/** Anonymous activity of the last 30 days moves to the person, milliseconds. */
const MERGED_FOR = 30 * 24 * 60 * 60 * 1000;

/** Anonymous activity received within five minutes after an identify still goes to the person, milliseconds. */
const LINKED_FOR = 5 * 60 * 1000;

/** Finds or creates the person at an address; `null` if Customer.io drops the call. */
export function personAt(workspace: Workspace, call: RecordedCall, address: Address): Person | null {
  const objection = objectionTo(workspace, address);
  if (objection) return fail(workspace, call, objection);
  if (isSuppressed(workspace, address)) return null;
  const person = findPerson(workspace, address);
  if (person) return person;
  return address.kind === "cio_id"
    ? fail(workspace, call, `no person has cio_id ${address.value}`)
    : createPerson(workspace, address);
}

/** Finds the person that `userId` names; `null` if there is none. */
export function existingPerson(workspace: Workspace, call: RecordedCall): Person | null {
  const userId = textOf(call.event.userId);
  return userId === null ? null : findPerson(workspace, addressOf(userId));
}

/** Finds or creates an anonymous visitor. */
export function anonymousAt(workspace: Workspace, anonymousId: string): Anonymous {
  const known = workspace.anonymous.get(anonymousId);
  if (known) return known;
  const anonymous = { attributes: noAttributes(), activities: [] };
  workspace.anonymous.set(anonymousId, anonymous);
  return anonymous;
}

/** Links an anonymous id to a person, and moves its activity of the last 30 days to them. Activity of the next five minutes follows. */
export function linkAnonymous(workspace: Workspace, call: RecordedCall, person: Person, anonymousId: string): void {
  const at = Date.parse(call.receivedAt);
  person.anonymousIds.add(anonymousId);
  workspace.links.set(anonymousId, { person, at });
  if (workspace.settings.mergesAnonymous) mergeActivities(workspace, person, anonymousId, at);
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

/** The person that an anonymous id was linked to less than five minutes before the call; `null` if there is none. */
export function linkedPerson(workspace: Workspace, call: RecordedCall, anonymousId: string): Person | null {
  const { mergesAnonymous, followsIdentify } = workspace.settings;
  if (!mergesAnonymous || !followsIdentify) return null;
  const linked = workspace.links.get(anonymousId);
  return linked && Date.parse(call.receivedAt) - linked.at <= LINKED_FOR ? linked.person : null;
}
