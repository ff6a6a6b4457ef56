/**
 * Where Cloudflare keeps the objects of a region.
 */
import { readSettings } from "../config/settings.ts";

/** The namespace in the jurisdiction of the region: on Cloudflare an EU account's data stays in the EU. Plain workerd has no jurisdictions. */
export function within<Kind extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Kind>,
  region: string | null,
  env: Record<string, unknown>,
): DurableObjectNamespace<Kind> {
  return readSettings(env).runtime === "cloudflare" && region === "eu" ? namespace.jurisdiction("eu") : namespace;
}
