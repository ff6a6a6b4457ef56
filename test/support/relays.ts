/**
 * Adapters that pass on what a sender has named itself.
 */

/** Their ids. */
export const RELAYS: ReadonlySet<string> = new Set([
  "appsflyer",
  "generic",
  "posthog",
  "rudderstack",
  "segment",
  "standard-webhooks",
]);

/** Those among them that take the names of properties and traits, and their values, from the sender too; elsewhere an operator names them. */
export const AS_SENT: ReadonlySet<string> = new Set(["appsflyer", "posthog", "rudderstack", "segment"]);
