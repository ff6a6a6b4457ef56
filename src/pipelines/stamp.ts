/**
 * Finishes calls: adds message id, time, context and origin, and validates the result.
 */
import type { CallContext, Properties } from "../contract/drafts.ts";
import { isoOf } from "../contract/iso.ts";
import { describeIssues } from "../contract/issues.ts";
import { isReservedEvent, isReservedProperty } from "../contract/reserved.ts";
import { VERSION } from "../version.ts";
import { type Call, call as callSchema, type Json, type TrackCall } from "./calls.ts";
import { EVENT_NAME_BYTES, ID_BYTES } from "./limits.ts";
import { callKeys, messageIdOf } from "./message-id.ts";
import { jsonOf, traitsJsonOf } from "./values.ts";

interface Unstamped {
  readonly userId?: string;
  readonly anonymousId?: string;
  /** Set on calls that the core adds, and if calls were left out after `callKeys`. Unique within the vendor event. */
  readonly key?: string;
  /** When what it says was true, milliseconds since 1970; when the event happened if it is left out. */
  readonly at?: number;
  /** What the sender of a relayed call said about where it happened. */
  readonly context?: CallContext;
}

/** A call with its person, but without message id, time, context and origin. */
export type UnstampedCall =
  | (Unstamped & { readonly type: "identify"; readonly traits: Properties })
  | (Unstamped & {
      readonly type: "track";
      readonly event: string;
      readonly properties: Properties;
      /** The event is an action of Customer.io (`User Deleted`). Never set from the content of a webhook. */
      readonly action?: true;
    })
  | (Unstamped & { readonly type: "page"; readonly name: string; readonly properties: Properties })
  | (Unstamped & { readonly type: "group"; readonly groupId: string; readonly traits: Properties })
  /** Folds one person into another, irreversibly. Only the core makes it. */
  | (Unstamped & { readonly type: "alias"; readonly userId: string; readonly previousId: string });

/** Where calls come from. */
export interface Origin {
  readonly account: string;
  readonly source: string;
  /** The adapter's id. */
  readonly provider: string;
  /** `occurredAt` is ISO 8601. */
  readonly event: { readonly id: string; readonly type: string; readonly occurredAt: string };
  /** Which destinations get the calls. Empty: all. */
  readonly integrations: Readonly<Record<string, boolean>>;
}

/** The finished calls of one vendor event, in order, or why there are none. The issue names fields, never values. */
export type Finished = { readonly ok: true; readonly calls: readonly Call[] } | { readonly ok: false; readonly issue: string };

/**
 * Finishes the calls of one vendor event, all or none. Values that JSON cannot represent are left out. Properties that would redirect messages
 * (`recipient`) get the provider's name as a prefix (`acme_recipient`). An event with the name of an action of Customer.io is refused.
 */
export async function finish(calls: readonly UnstampedCall[], origin: Origin): Promise<Finished> {
  const { account, source, event } = origin;
  const occurred = Date.parse(event.occurredAt);
  if (!(occurred >= 0 && occurred <= LATEST)) return { ok: false, issue: "occurredAt: not a time since 1970" };
  const occurredAt = isoOf(occurred);

  const keys = callKeys(calls);
  if (new Set(keys).size < keys.length) return { ok: false, issue: "key: two calls share one" };

  const finished: Call[] = [];
  for (const [index, call] of calls.entries()) {
    if (call.type === "track" && isReservedEvent(call.event) !== (call.action ?? false)) {
      return {
        ok: false,
        issue: call.action ? "event: not an action of Customer.io" : "event: the name of an action of Customer.io",
      };
    }
    const messageId = await messageIdOf({ account, source, eventId: event.id, occurredAt, callKey: keys[index] ?? "" });
    const timestamp = call.at === undefined ? occurredAt : isoOf(call.at);
    const context = contextOf(call);
    const plain = plainEvent(call, origin, { messageId, timestamp, context });
    if (plain !== null) {
      finished.push(plain);
      continue;
    }
    const checked = callSchema.safeParse({
      ...contentOf(call, origin),
      ...(call.userId === undefined ? {} : { userId: call.userId }),
      ...(call.anonymousId === undefined ? {} : { anonymousId: call.anonymousId }),
      messageId,
      timestamp,
      // Ours needs no check, which would take as long as that of all the rest.
      context: call.context === undefined ? undefined : context,
      ...(Object.keys(origin.integrations).length === 0 ? {} : { integrations: origin.integrations }),
    });
    if (!checked.success) return { ok: false, issue: `${call.type}: ${describeIssues(checked.error)}` };
    finished.push({ ...checked.data, context: checked.data.context ?? context });
  }
  return { ok: true, calls: finished };
}

/** An event of which the schema would take everything as it is: nearly all are. `null` for others, which the schema judges. */
function plainEvent(
  call: UnstampedCall,
  origin: Origin,
  { messageId, timestamp, context }: Pick<TrackCall, "messageId" | "timestamp" | "context">,
): TrackCall | null {
  if (call.type !== "track" || call.context !== undefined || call.at !== undefined || Object.keys(origin.integrations).length > 0)
    return null;
  const { userId, anonymousId } = call;
  const event = call.event.trim();
  const ids = { ...(userId === undefined ? {} : { userId }), ...(anonymousId === undefined ? {} : { anonymousId }) };
  const names = Object.values(ids);
  if (names.length === 0 || !names.every((id) => isShort(id, ID_BYTES)) || !isShort(event, EVENT_NAME_BYTES)) return null;
  return { type: "track", messageId, timestamp, context, ...ids, event, properties: propertiesOf(call.properties, origin) };
}

/** Whether it is a text of at most so many bytes of UTF-8, whatever it is made of. */
function isShort(text: string, bytes: number): boolean {
  return text !== "" && text.length * 3 <= bytes && text.isWellFormed();
}

const LIBRARY = { name: "tributary", version: VERSION };
const CONTEXT = { library: LIBRARY };
const SILENT = { active: false, library: LIBRARY };

function contextOf({ type, context }: UnstampedCall): NonNullable<TrackCall["context"]> {
  const own = type === "identify" ? SILENT : CONTEXT;
  return context === undefined ? own : { ...context, ...own };
}

/** The last millisecond of the year 9999: later times have another format in ISO 8601. */
const LATEST = Date.UTC(10_000, 0, 1) - 1;

function contentOf(call: UnstampedCall, origin: Origin): object {
  switch (call.type) {
    case "identify":
      return { type: "identify", traits: traitsJsonOf(call.traits) };
    case "track":
      return { type: "track", event: call.event.trim(), properties: propertiesOf(call.properties, origin) };
    case "page":
      return { type: "page", name: call.name, properties: propertiesOf(call.properties, origin) };
    case "group":
      return { type: "group", groupId: call.groupId, traits: jsonOf(call.traits) };
    case "alias":
      return { type: "alias", previousId: call.previousId };
  }
}

function propertiesOf(properties: Properties, { provider, source, event }: Origin): Record<string, Json> {
  const prefix = provider.replaceAll("-", "_");
  const json = jsonOf(properties);
  const renamed = (): Record<string, Json> =>
    Object.fromEntries(
      Object.entries(json).map(([name, value]) => [isReservedProperty(name) ? `${prefix}_${name.trim()}` : name, value]),
    );
  const safe = Object.keys(json).some(isReservedProperty) ? renamed() : json;
  const made = { ...safe };
  made.provider = provider;
  made.source = source;
  made.source_event = event.type.toWellFormed();
  return made;
}
