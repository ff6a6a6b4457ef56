/**
 * For adapters of senders whose events are of the sender's own making, in one import: an operator's options say where everything is in a body,
 * and names and values are passed on in this project's form.
 */
export { byPaths, eventAt, path, pathOptions, valueAt } from "./by-paths.ts";
export { eventNameOf, propertyNameOf, relayedValue } from "./relay.ts";
export { isReservedEvent } from "./reserved.ts";
