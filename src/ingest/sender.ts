/**
 * Who sends a request, before it is verified: used to share limits between senders.
 */

/** The first parts of an address that identify its network: /24 of IPv4, /48 of IPv6. */
const NETWORK_PARTS = 3;

/** A sender, and the share of a common limit that it may use. */
export interface Sender {
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
}

/**
 * The network that a request comes from, if the platform says so. Otherwise the source that it is for: its vendor and strangers then use
 * one larger share together.
 * @param source of the URL, as `account/source`
 * @see https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
 */
export function senderOf(request: Request, source: string): Sender {
  const address = request.headers.get("cf-connecting-ip");
  // If `cf` is set, Cloudflare's edge wrote this header and the sender could not.
  if (address === null || request.cf === undefined) return { name: `source ${source}`, share: 1 / 2 };
  return { name: `network ${networkOf(address)}`, share: 1 / 15 };
}

function networkOf(address: string): string {
  if (!address.includes(":")) return address.split(".").slice(0, NETWORK_PARTS).join(".");
  return groupsOf(address).slice(0, NETWORK_PARTS).join(":");
}

/** The groups of an IPv6 address, including those that `::` leaves out. */
function groupsOf(address: string): readonly string[] {
  const [first = [], last = []] = address.split("::").map((side) => (side === "" ? [] : side.split(":")));
  const missing = address.includes("::") ? Math.max(0, 8 - first.length - last.length) : 0;
  return [...first, ...Array.from({ length: missing }, () => "0"), ...last].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ""),
  );
}
