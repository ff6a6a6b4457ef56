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

/**
 * The hosts of the Track API, which looks up the region of its credentials. Only `npm run doctor` uses them.
 * @see https://docs.customer.io/integrations/api/track/
 */
const TRACK_HOSTS = { us: "https://track.customer.io", eu: "https://track-eu.customer.io" } as const;

/** Origin of the Track API of a region, without a final slash. */
export function trackHostOf(region: Region): string {
  return TRACK_HOSTS[region];
}
