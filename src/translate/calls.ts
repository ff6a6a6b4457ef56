/**
 * The calls of a draft about a resolved person, beside the identify.
 */
import type { Account, Source } from "../config/model.ts";
import type { Draft, PageDraft, TrackDraft } from "../contract/drafts.ts";
import type { Profile } from "../identity/profile.ts";
import type { Resolution } from "../identity/resolve.ts";
import { planOf } from "../identity/states.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { ownsPerson } from "./record.ts";

/** The calls of a draft. What the profile knows and the draft does not tell is added. Traits and choices become an identify, which is made of the whole profile. */
export function callsOf(
  draft: Draft,
  resolution: Resolution,
  profile: Profile,
  source: Source,
  account: Account,
): readonly UnstampedCall[] {
  const { identity } = resolution;
  switch (draft.kind) {
    case "track":
      return [
        {
          type: "track",
          event: draft.event,
          properties: { ...draft.properties, ...planOf(profile, source.name, draft.properties) },
          ...identity,
          ...contextOf(draft),
        },
      ];
    case "page":
      return [
        { type: "page", ...identity, name: draft.name, properties: { ...draft.properties, url: draft.url }, ...contextOf(draft) },
      ];
    case "deleted": {
      const event: UnstampedCall = { type: "track", ...identity, event: draft.event, properties: draft.properties };
      const { onDelete } = source.options;
      if (onDelete === "event" || !("userId" in identity) || !ownsPerson(source, account, resolution)) return [event];
      const action = onDelete === "delete" ? "User Deleted" : "User Suppressed";
      return [event, { type: "track", ...identity, event: action, properties: {}, action: true, key: `core/${onDelete}` }];
    }
    case "group": {
      const objectTypeId = source.options.objectTypes.get(draft.group.kind);
      if (objectTypeId === undefined) return [];
      const { relationship } = draft;
      const related = Object.keys(relationship).length === 0 ? {} : { relationshipAttributes: relationship };
      const traits = { ...draft.traits, ...related, objectTypeId };
      return [{ type: "group", ...identity, groupId: draft.group.id, traits }];
    }
    case "identify":
    case "consent":
    case "state":
      return [];
  }
}

function contextOf({ context }: TrackDraft | PageDraft) {
  return context === undefined ? {} : { context };
}
