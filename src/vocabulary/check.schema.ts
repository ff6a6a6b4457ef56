/**
 * Holds events against the tracking plan.
 */
import type { EventDefinition } from "./definition.schema.ts";

/** Properties that the core adds to every event. */
const CORE: ReadonlySet<string> = new Set(["provider", "source", "source_event", "truncated"]);

/** The company's own fields. */
const CUSTOM = /^custom_/;

/** What is wrong with the properties of an event: nothing, or one line each. */
export function problemsWith(definition: EventDefinition, properties: Readonly<Record<string, unknown>>): readonly string[] {
  const own = (name: string) => CUSTOM.test(name) || definition.prefixes.some((prefix) => name.startsWith(prefix));
  const planned = Object.entries(properties).filter(([name]) => !CORE.has(name) && !own(name));
  const parsed = definition.schema.safeParse(Object.fromEntries(planned));
  return parsed.error?.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`)) ?? [];
}
