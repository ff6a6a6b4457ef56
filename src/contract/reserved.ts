/**
 * Event names that Customer.io acts on: a webhook must never be able to delete a person by its name.
 */

/**
 * Customer.io's action events, and the names that its API text gives to two of them by mistake.
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

/**
 * One spelling for all that a lenient reader might take for the same name: white space, control characters, letter case, compatibility forms.
 */
function fold(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .toLowerCase();
}

const reservedEvents: ReadonlySet<string> = new Set(EVENTS.map(fold));
const reservedProperties: ReadonlySet<string> = new Set(PROPERTIES);

/**
 * Whether Customer.io would act on an event of this name. Documented are the exact strings; other letter cases and white space count too,
 * because an event that is refused here waits as a dead letter, while a person deleted by a reader more lenient than its page is gone.
 */
export function isReservedEvent(name: string): boolean {
  return reservedEvents.has(fold(name));
}

/** Whether a property of this name would redirect the messages that its event triggers. */
export function isReservedProperty(name: string): boolean {
  return reservedProperties.has(fold(name));
}
