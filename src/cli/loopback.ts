/**
 * Which hosts are this machine.
 */
import { isIPv4 } from "node:net";

/** @param host as a URL has it, or an address */
export function isLoopbackHost(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  return address === "localhost" || address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
