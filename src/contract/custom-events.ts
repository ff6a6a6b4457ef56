/**
 * For senders without a fixed event format: options say where the body holds id, type and time; names and values are normalised to this
 * project's conventions.
 */
export { byPaths, eventAt, path, pathOptions, valueAt } from "./by-paths.ts";
export { eventNameOf, propertyNameOf, relayedValue } from "./relay.ts";
export { isReservedEvent } from "./reserved.ts";
