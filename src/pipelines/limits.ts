/**
 * Limits of the Pipelines API and of the workspace behind it. Bytes are UTF-8 bytes of JSON text.
 * @see https://docs.customer.io/integrations/api/cdp/
 */

/** Largest call, bytes. Documented as 32 KB: 32,000 is the stricter reading. */
export const CALL_BYTES = 32_000;

/**
 * Largest batch body that we send, bytes. Documented as 500 KB. We measure the exact body, so a margin of 2 % is enough. Even if the next call
 * has the largest size, the batch is more than 90 % full.
 */
export const BATCH_BYTES = 490_000;

/**
 * Longest user, anonymous and group id, bytes.
 * @see https://docs.customer.io/journeys/identifying-people/
 */
export const ID_BYTES = 150;

/**
 * Longest event name, bytes. The workspace behind the API refuses longer ones without an error.
 * @see https://docs.customer.io/journeys/invalid-api-requests/
 */
export const EVENT_NAME_BYTES = 100;

/**
 * Longest name of an attribute, bytes.
 * @see https://docs.customer.io/journeys/invalid-api-requests/
 */
export const ATTRIBUTE_NAME_BYTES = 150;

/**
 * Longest value of a person's attribute, bytes. One longer value makes the workspace refuse the whole identify call.
 * @see https://docs.customer.io/journeys/invalid-api-requests/
 */
export const ATTRIBUTE_VALUE_BYTES = 1_000;

/**
 * Most attributes in one call.
 * @see https://docs.customer.io/journeys/invalid-api-requests/
 */
export const ATTRIBUTES = 300;

/** Deepest nesting of a property or trait. Our own limit, so that no recursion can exhaust the stack. */
export const DEPTH = 20;

const encoder = new TextEncoder();

/** Length of a text in UTF-8 bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}
