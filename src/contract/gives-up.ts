/**
 * When a vendor stops sending to a URL that fails.
 */

/** After so many hours without a success, or so many failures in a row. */
export type GivesUp = { readonly hours: number } | { readonly failures: number };
