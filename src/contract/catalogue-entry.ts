/**
 * What only the catalogue says about a vendor. It is in a file of its own, `adapters/<id>/catalogue.ts`, which the Worker does not contain.
 */

/** The default export of `adapters/<id>/catalogue.ts`. */
export interface CatalogueEntry {
  /** The vendor's page about its webhooks. */
  readonly docs: string;
  /** Seconds that the vendor waits for an answer; `null` if undocumented. */
  readonly timeoutSeconds: number | null;
  /** How often and for how long it retries. */
  readonly retries: string;
  /** When the vendor disables the endpoint: `never`, or after what. */
  readonly disables: string;
  /** Steps in the imperative: where to enter the URL, where to find the secret, which events to select. */
  readonly setup: readonly string[];
}
