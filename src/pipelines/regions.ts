/** A region of Customer.io: the one in which the workspace's account was opened. */
export type Region = "us" | "eu";

/**
 * The hosts of the Pipelines API. They stand here and nowhere else, so no configuration or request can name another.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
const HOSTS = { us: "https://cdp.customer.io", eu: "https://cdp-eu.customer.io" } as const;

/** Origin of the Pipelines API of a region, without a slash at its end. */
export function hostOf(region: Region): string {
  return HOSTS[region];
}
