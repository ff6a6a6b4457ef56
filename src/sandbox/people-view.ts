/**
 * What the sandbox shows of a workspace: its people, anonymous visitors, objects, and the calls that Customer.io would not carry out.
 */
import type { Region } from "../config/model.ts";
import { attributesAsJson } from "./attributes.ts";
import { type JsonObject, textOf } from "./calls.ts";
import type { Activity, Workspace } from "./workspace.ts";

/** The workspace that something belongs to: each API key has its own. */
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

/** The content of one or more workspaces. */
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
  /** Calls that were answered with 200 but not carried out. */
  readonly failures: readonly (Place & { readonly seq: number; readonly reason: string })[];
}

/** Shows a workspace. */
export function viewOf(workspace: Workspace): PeopleView {
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
