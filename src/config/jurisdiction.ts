/**
 * Where Cloudflare keeps the objects of a region.
 */
import { readSettings } from "./settings.ts";

/** The part of a namespace of Durable Objects that restricts it. */
interface Restrictable<Space> {
  jurisdiction(name: "eu"): Space;
}

/** The namespace in the jurisdiction of the region: on Cloudflare an EU account's data stays in the EU. Plain workerd has no jurisdictions. */
export function within<Space extends Restrictable<Space>>(
  namespace: Space,
  region: string | null,
  env: Record<string, unknown>,
): Space {
  return readSettings(env).runtime === "cloudflare" && region === "eu" ? namespace.jurisdiction("eu") : namespace;
}
