/**
 * Track calls that Customer.io carries out instead of, or besides, recording an event.
 * @see https://docs.customer.io/integrations/api/cdp/customerio/
 */
import { objectAt, type RecordedCall, textOf } from "./calls.ts";
import { deleteObject, deleteRelationship } from "./objects.ts";
import { existingPerson, personAt } from "./subjects.ts";
import {
  type Address,
  addressOf,
  deletePerson,
  fail,
  findPerson,
  objectionTo,
  suppress,
  unsuppress,
  type Workspace,
} from "./workspace.ts";

/** Applies a call to a workspace. */
export type Handler = (workspace: Workspace, call: RecordedCall) => void;

/** Events that are carried out and not recorded. */
export const ACTIONS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
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
  ["Object Deleted", deleteObject],
  ["Report Delivery Event", () => {}],
  ["Report Content Event", () => {}],
]);

/** Events that are recorded and also change the person's devices. */
export const DEVICE_EVENTS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["Application Installed", setDevice],
  ["Application Opened", setDevice],
  ["Application Uninstalled", deleteDevice],
]);

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
  if (token !== null) existingPerson(workspace, call)?.devices.delete(token);
}

/** A handler for actions on the person that `userId` names. */
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
