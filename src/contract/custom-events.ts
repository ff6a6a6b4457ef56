/**
 * For senders without a fixed event format: the operator's options say where id, type and time are in the body, and names and values are passed
 * on in this project's form.
 */
export { byPaths, eventAt, path, pathOptions, valueAt } from "./by-paths.ts";
export { eventNameOf, propertyNameOf, relayedValue } from "./relay.ts";
export { isReservedEvent } from "./reserved.ts";
