/**
 * What the examples in the help of commands are about. They can be tried as they stand, so they name a vendor that there is.
 */

/** A source of the demo accounts. */
export const EXAMPLE_SOURCE = "stripe";

/** An event of it that there is a sample of. */
export const EXAMPLE_EVENT = "invoice.paid";

/** Vendors of one company: one bills, one is a shop. */
export const EXAMPLE_VENDORS = "stripe,shopify";
