/** A region of Customer.io: the one that the workspace's account belongs to. */
export type Region = "us" | "eu";

/**
 * The hosts of the Pipelines API. They are constants, so that no configuration or request can name another host.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
const HOSTS = { us: "https://cdp.customer.io", eu: "https://cdp-eu.customer.io" } as const;

/** Origin of the Pipelines API of a region, without a final slash. */
export function hostOf(region: Region): string {
  return HOSTS[region];
}
