/**
 * How large a body may be.
 */

/** Body limit where an adapter names none, bytes. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** The largest body limit that an adapter may name, bytes. */
export const LARGEST_BODY_LIMIT = 5 * 1024 * 1024;

/** Body limit where the body is read before verification, bytes. */
export const UNPROVEN_BODY_LIMIT = 64 * 1024;
