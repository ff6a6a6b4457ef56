/**
 * The pages of an account, by their place in the address.
 */
import { bodyRoom, eventRoom, replayRoom } from "./event.tsx";
import { eventsRoom } from "./events.tsx";
import type { Room } from "./view.ts";

/** Pages that show. */
export const ROOMS: ReadonlyMap<string, Room> = new Map([
  ["events", eventsRoom],
  ["event", eventRoom],
  ["body", bodyRoom],
]);

/** Forms that change something. */
export const FORMS: ReadonlyMap<string, Room> = new Map([["replay", replayRoom]]);
