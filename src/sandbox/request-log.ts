/**
 * The lines that the sandbox writes about requests, for `npm run dev`: what left for Customer.io, and how it was answered.
 */
import type { Region } from "../config/model.ts";
import { isObject, type JsonObject, objectAt, parseJson, textOf } from "./calls.ts";

/** Calls that a line names; all are counted. */
const MOST_NAMED = 100;

/** A line. It names people: the sandbox runs on one machine, for the one who reads it. */
export interface RequestLine {
  readonly outcome: "sent";
  readonly status: number;
  readonly region: Region;
  readonly key: string;
  /** How many calls there were. */
  readonly count: number;
  readonly calls: readonly {
    readonly type: string;
    /** The person's identifier. */
    readonly who: string;
    /** The name of an event, of a page or of a group, or the identifier that becomes another. */
    readonly what: string | null;
    /** The source, and the vendor's own name of the event, where the call says so. */
    readonly source: string | null;
    readonly event: string | null;
  }[];
}

/** The line of a request. */
export function requestLine(status: number, region: Region, key: string, body: string): RequestLine {
  const value = parseJson(body);
  const batch = isObject(value) && Array.isArray(value.batch) ? value.batch : [value];
  const calls = batch.filter(isObject);
  return { outcome: "sent", status, region, key, count: calls.length, calls: calls.slice(0, MOST_NAMED).map(named) };
}

function named(call: JsonObject): RequestLine["calls"][number] {
  const properties = objectAt(call, "properties");
  return {
    type: textOf(call.type) ?? "",
    who: textOf(call.userId) ?? textOf(call.anonymousId) ?? "",
    what: textOf(call.event) ?? textOf(call.name) ?? textOf(call.groupId) ?? textOf(call.previousId),
    source: textOf(properties.source),
    event: textOf(properties.source_event),
  };
}
