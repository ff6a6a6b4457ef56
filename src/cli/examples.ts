/**
 * What the examples in the help of commands are about. They can be tried as they stand, so they name a vendor that there is.
 */

/** A source of the demo accounts. */
export const EXAMPLE_SOURCE = "stripe";

/** An event of it that there is a sample of. */
export const EXAMPLE_EVENT = "invoice.paid";

/** Vendors of one company: one bills, one is a shop. */
export const EXAMPLE_VENDORS = "stripe,shopify";

/** Sources of a Worker like most: what its upload weighs, and how fast it starts, is measured with them. */
export const USUAL_SOURCES: readonly string[] = ["stripe", "shopify", "clerk"];
