/**
 * Event names that Customer.io acts on: a webhook must not be able to delete a person by sending such a name.
 */

/**
 * Customer.io's action events, including two that its API reference misspells.
 * @see https://docs.customer.io/integrations/data-in/semantic-events/cio-journeys/
 */
const EVENTS = [
  "Device Created or Updated",
  "Device Deleted",
  "User Deleted",
  "User Suppressed",
  "User Unsuppressed",
  "Relationship Deleted",
  "Object Deleted",
  "Report Delivery Event",
  "Report Content Event",
  "Application Installed",
  "Application Opened",
  "Application Uninstalled",
  "Delete Person",
  "Suppress Person",
] as const;

/**
 * Event properties that override recipient and sender of triggered messages.
 * @see https://docs.customer.io/integrations/api/track/tag/track-events/track/
 */
const PROPERTIES = ["recipient", "from_address", "reply_to"] as const;

/** Nearly all names. */
const PLAIN = /^[a-z\d_]*$/;

/**
 * Normalises names that a lenient reader might treat as equal: white space, control characters, letter case, compatibility forms.
 */
function fold(name: string): string {
  if (PLAIN.test(name)) return name;
  return name
    .normalize("NFKC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .toLowerCase();
}

const reservedEvents: ReadonlySet<string> = new Set(EVENTS.map(fold));
const reservedProperties: ReadonlySet<string> = new Set(PROPERTIES);

/**
 * Would Customer.io act on an event of this name? Only the exact strings are documented, but other letter case and white space count too:
 * a name refused here becomes a dead letter, while a person deleted by mistake is gone.
 */
export function isReservedEvent(name: string): boolean {
  return reservedEvents.has(fold(name));
}

/** Would a property of this name redirect the messages that its event triggers? */
export function isReservedProperty(name: string): boolean {
  return reservedProperties.has(fold(name));
}
