/**
 * Activities: events, pages and screens.
 */
import { byteLength, LONGEST_EVENT_NAME } from "./attributes.ts";
import { type RecordedCall, textOf, timeOf } from "./calls.ts";
import { anonymousAt, linkedPerson, personAt } from "./subjects.ts";
import { type Activity, addressOf, fail, type Workspace } from "./workspace.ts";

/**
 * Records an activity. A repeated message id counts once.
 * @param given the name as the call has it
 * @param problem the failure if there is no name
 */
export function recordActivity(
  workspace: Workspace,
  call: RecordedCall,
  type: Activity["type"],
  given: unknown,
  problem: string,
): void {
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

/** The activities that a call adds to; `null` if it belongs to no person (an event of a group alone, or of a suppressed person). */
function activitiesFor(workspace: Workspace, call: RecordedCall): Activity[] | null {
  const userId = textOf(call.event.userId);
  if (userId !== null) return personAt(workspace, call, addressOf(userId))?.activities ?? null;
  const anonymousId = textOf(call.event.anonymousId);
  if (anonymousId === null) return null;
  return (linkedPerson(workspace, call, anonymousId) ?? anonymousAt(workspace, anonymousId)).activities;
}
