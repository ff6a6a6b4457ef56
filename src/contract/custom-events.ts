/**
 * For senders without a fixed event format: options say where the body holds id, type and time, and names and values are normalised to
 * this project's conventions; or all of it is passed on as it was sent.
 */
export { byPaths, eventAt, path, pathOptions, valueAt } from "./by-paths.ts";
export { eventNameOf, nameAsSent, propertyNameOf, relayedValue, valueAsSent } from "./relay.ts";
export { isReservedEvent } from "./reserved.ts";
export { countOfProducts, sentProperties, sentTraits } from "./sent.ts";
