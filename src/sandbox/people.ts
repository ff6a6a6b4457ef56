/**
 * The people that a sequence of calls results in: a fold over plain data, without clock and storage.
 *
 * Choices where the documentation is silent: a track, page, screen or group call creates the person that it names; a repeated messageId of
 * an activity counts once; anonymous activity is as old as its arrival; an event for a suppressed person is dropped without a failure.
 * @see https://docs.customer.io/journeys/merge-anonymous/
 * @see https://docs.customer.io/integrations/api/cdp/customerio/
 */
import type { Region } from "../config/model.ts";
import { ACTIONS, DEVICE_EVENTS, type Handler } from "./actions.ts";
import { recordActivity } from "./activities.ts";
import { objectAt, type PipelinesEvent, type RecordedCall, textOf } from "./calls.ts";
import { applyIdentify } from "./identify.ts";
import { applyGroup } from "./objects.ts";
import { type PeopleView, viewOf } from "./people-view.ts";
import { existingPerson, linkAnonymous } from "./subjects.ts";
import {
  addressOf,
  createWorkspace,
  DEFAULT_SETTINGS,
  fail,
  findPerson,
  mergePeople,
  type Workspace,
  type WorkspaceSettings,
} from "./workspace.ts";

/** The people of all workspaces. */
export interface People {
  /** Applies the next call, in order of arrival. */
  apply(call: RecordedCall): void;
  /** The result so far, of one region or of both (`null`). */
  view(region: Region | null): PeopleView;
}

/** People of empty workspaces. @param given what differs from the settings of a new workspace */
export function createPeople(given: Partial<WorkspaceSettings> = {}): People {
  const settings = { ...DEFAULT_SETTINGS, ...given };
  const workspaces = new Map<string, Workspace>();
  return {
    apply: (call) => {
      const place = `${call.region} ${call.key}`;
      const workspace = workspaces.get(place) ?? createWorkspace(call.region, call.key, settings);
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

const HANDLERS: Readonly<Record<PipelinesEvent["type"], Handler>> = {
  identify: applyIdentify,
  track: applyTrack,
  page: (workspace, call) =>
    recordActivity(workspace, call, "page", objectAt(call.event, "properties").url, "page without properties.url"),
  screen: (workspace, call) => recordActivity(workspace, call, "screen", call.event.name, "screen without name"),
  group: applyGroup,
  alias: applyAlias,
};

function applyTrack(workspace: Workspace, call: RecordedCall): void {
  const name = textOf(call.event.event)?.trim() ?? "";
  const action = ACTIONS.get(name);
  if (action) {
    action(workspace, call);
    return;
  }
  DEVICE_EVENTS.get(name)?.(workspace, call);
  recordActivity(workspace, call, "event", name, "event without a name");
}

/** Merges a person or an anonymous id (`previousId`) into an existing person. */
function applyAlias(workspace: Workspace, call: RecordedCall): void {
  const primary = existingPerson(workspace, call);
  const previousId = textOf(call.event.previousId) ?? "";
  if (!primary) return void fail(workspace, call, "alias to a person who does not exist");
  const secondary = findPerson(workspace, addressOf(previousId));
  if (secondary && secondary !== primary) mergePeople(workspace, primary, secondary);
  else if (!secondary) linkAnonymous(workspace, call, primary, previousId);
}
