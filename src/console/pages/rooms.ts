/**
 * The pages of an account, by their place in the address.
 */
import { conflictsRoom, decideRoom } from "./conflicts.tsx";
import { deadRoom, moveDeadRoom } from "./dead.tsx";
import { bodyRoom, eventRoom, replayRoom } from "./event.tsx";
import { eventsRoom } from "./events.tsx";
import { guideRoom } from "./guide.tsx";
import { peopleRoom } from "./people.tsx";
import { planRoom } from "./plan.tsx";
import { sourcesRoom } from "./sources.tsx";
import type { Room } from "./view.ts";

/** Pages that show. */
export const ROOMS: ReadonlyMap<string, Room> = new Map([
  ["events", eventsRoom],
  ["event", eventRoom],
  ["body", bodyRoom],
  ["dead", deadRoom],
  ["people", peopleRoom],
  ["conflicts", conflictsRoom],
  ["sources", sourcesRoom],
  ["guide", guideRoom],
  ["plan", planRoom],
]);

/** Forms that change something. */
export const FORMS: ReadonlyMap<string, Room> = new Map([
  ["replay", replayRoom],
  ["dead", moveDeadRoom],
  ["conflicts", decideRoom],
]);
