/**
 * Which vendor events of a webhook are kept, and why the others are not.
 */
import type { Source } from "../config/model.ts";
import type { VendorEvent } from "../contract/define.ts";

/** The events of a webhook, divided. */
export interface Classified {
  readonly kept: readonly { readonly id: string; readonly type: string }[];
  /** How many are left out, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
}

/** Divides the events of a webhook, in their order. */
export function classify(events: readonly VendorEvent[], source: Source): Classified {
  const kept: { readonly id: string; readonly type: string }[] = [];
  const ignored = new Map<string, number>();
  for (const event of events) {
    const reason = reasonToIgnore(event, source);
    if (reason === null) kept.push({ id: event.id, type: event.type });
    else ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
  }
  return { kept, ignored: Object.fromEntries(ignored) };
}

/** Why an event of this source is left out; `null` where it is kept. Another tenant's event says nothing else about itself. */
function reasonToIgnore(event: VendorEvent, { adapter, configured, options }: Source): string | null {
  if (configured.tenant !== null && event.tenant !== configured.tenant) return "of another tenant";
  if (event.ignore !== undefined) return event.ignore;
  const interest = adapter.interest(event.type);
  if (interest.kind === "ignored") return interest.reason;
  if (options.eventsOff.has(event.type)) return "turned off by events_off";
  if (interest.kind === "off" && !options.eventsOn.has(event.type)) return interest.reason;
  if (event.test && options.testEvents === "ignore") return "test mode";
  return null;
}
