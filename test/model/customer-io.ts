/**
 * A model of Customer.io: what a workspace makes of calls, in order. It judges what Tributary sends, so it knows nothing of the Worker's
 * code. The fold itself is the sandbox's, which the documentation alone describes; `customer-io.test.ts` holds it to that, sentence by sentence.
 */
import { type Method, type RecordedCall, readEvents } from "../../src/sandbox/calls.ts";
import { createPeople } from "../../src/sandbox/people.ts";
import type { PeopleView } from "../../src/sandbox/people-view.ts";
import type { WorkspaceSettings } from "../../src/sandbox/workspace.ts";

export type { PersonView } from "../../src/sandbox/people-view.ts";
export type { WorkspaceSettings } from "../../src/sandbox/workspace.ts";

/** A call of the Pipelines API. */
export interface PipelinesCall {
  readonly type: Exclude<Method, "batch">;
  readonly call?: never;
  readonly [field: string]: unknown;
}

/** A call, and when Customer.io received it, milliseconds since 1970. */
export interface ReceivedCall {
  readonly call: PipelinesCall;
  readonly at: number;
}

/**
 * What a workspace holds after these calls.
 * @param settings what differs from the settings of a new workspace
 * @throws Error where the Pipelines API would refuse a call in strict mode
 */
export function workspaceAfter(received: readonly ReceivedCall[], settings: Partial<WorkspaceSettings> = {}): PeopleView {
  const people = createPeople(settings);
  for (const [index, { call, at }] of received.entries()) people.apply(recorded(call, index + 1, at));
  return people.view(null);
}

function recorded(call: PipelinesCall, seq: number, at: number): RecordedCall {
  const { events, problems } = readEvents(call.type, JSON.stringify(call));
  const [event] = events;
  if (event === undefined || problems.length > 0)
    throw new Error(`the API would refuse ${JSON.stringify(call)}: ${problems.map(({ message }) => message).join("; ")}`);
  return { seq, region: "us", path: "/v1/batch", key: "model", receivedAt: new Date(at).toISOString(), event };
}
