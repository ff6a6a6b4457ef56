/**
 * Reads the vendor events of a webhook; of a batch, item by item.
 */
import type * as z from "zod";
import { type BatchPath, itemsOf } from "./batch.ts";
import type { AdapterDefinition, WebhookSchema } from "./definition.ts";
import type { WebhookPart } from "./interface.ts";
import { describeException, describeIssues } from "./issues.ts";
import { readAs } from "./read-as.ts";
import type { Arrival, VendorEvent, WebhookInput } from "./vendor-event.ts";

/** Maximum length of a vendor event's id and type, characters. */
const LONGEST_NAME = 512;

/**
 * The parts of a webhook with their events. Never throws: a part that cannot be read becomes an issue.
 * @param path of the batch in the body; `null` if the webhook is one part
 */
export function readWebhook<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
  options: z.output<OptionsSchema>,
  path: BatchPath | null,
  input: WebhookInput,
  arrival: Omit<Arrival, "place">,
): readonly WebhookPart[] {
  const whole = { body: input.body, place: "0" };
  const batch = path === null ? { ok: true as const, items: [whole] } : itemsOf(input.body, path);
  if (!batch.ok) return [{ ...whole, ok: false, issue: batch.issue }];
  const { receivedAt, nonce } = arrival;
  // One for all items: a getter for each would take longer than reading them.
  const at = {
    place: whole.place,
    receivedAt,
    get bodyHash() {
      return arrival.bodyHash;
    },
    ...(nonce === undefined ? {} : { nonce }),
  };
  const { headers, query } = input;
  const parts: WebhookPart[] = [];
  for (const { body, place } of batch.items) {
    at.place = place;
    parts.push(readPart(definition, options, { body, headers, query }, at));
  }
  return parts;
}

function readPart<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
  options: z.output<OptionsSchema>,
  input: WebhookInput,
  arrival: Arrival,
): WebhookPart {
  const { body } = input;
  const { place } = arrival;
  try {
    const webhook = readAs(definition.webhook, input);
    if (!webhook.success) return { body, place, ok: false, issue: describeIssues(webhook.error) };
    const events = definition.events(webhook.data, arrival, options);
    return events.every(isNamed)
      ? { body, place, ok: true, events }
      : { body, place, ok: false, issue: `an event has no id, or an id or type of more than ${LONGEST_NAME} characters` };
  } catch (error) {
    return { body, place, ok: false, issue: describeException(error) };
  }
}

function isNamed({ id, type }: VendorEvent): boolean {
  return id !== "" && id.length <= LONGEST_NAME && type.length <= LONGEST_NAME;
}
