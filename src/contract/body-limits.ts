/**
 * Body size limits.
 */

/** Default body limit, bytes. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** Largest body limit that an adapter may set, bytes. */
export const LARGEST_BODY_LIMIT = 5 * 1024 * 1024;

/** Body limit if the body is read before verification, bytes. */
export const UNPROVEN_BODY_LIMIT = 64 * 1024;
