/**
 * Who may operate without a token.
 */
import type { Config } from "../config/model.ts";
import { isForwarded } from "../ingest/loopback.ts";

/** Whether operators need no token: a local run is open to this machine, but not to requests that a tunnel forwards. */
export function isOpen({ runtime }: Config, request: Request): boolean {
  return runtime === "local" && !isForwarded(request);
}
