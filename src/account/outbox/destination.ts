/**
 * Chooses where an account's batches are sent.
 */
import type { Account } from "../../config/model.ts";
import type { Settings } from "../../config/settings.ts";
import { encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import { createSender, type SenderOptions } from "../../pipelines/sender.ts";
import type { Destination } from "../run.ts";

/** The services that local commands bind to a sandbox, by region. */
export interface SandboxBindings {
  readonly CDP_US?: Fetcher;
  readonly CDP_EU?: Fetcher;
}

/**
 * Where an account's calls go: its region's host, over the network; in local runs over the sandbox binding, where there is one.
 */
export async function destinationOf(
  account: Account,
  { runtime, timeScale, region: served }: Settings,
  bindings: SandboxBindings,
): Promise<Destination> {
  const { apiKey, region } = account;
  const identityWait = (account.holdUnknown * 1_000) / timeScale;
  const orphanWait = (account.holdOrphans * 1_000) / timeScale;
  // The configuration refuses accounts of another region before: this holds even if it did not.
  if (apiKey === null || (served !== null && served !== region)) return { account, identityWait, orphanWait, key: null };
  const digest = await crypto.subtle.digest("SHA-256", utf8Bytes(apiKey));
  const binding = region === "us" ? bindings.CDP_US : bindings.CDP_EU;
  const send: SenderOptions["fetch"] =
    runtime === "local" && binding ? (url, init) => binding.fetch(url, init) : (url, init) => fetch(url, init);
  return {
    account,
    identityWait,
    orphanWait,
    key: { fingerprint: encode(new Uint8Array(digest, 0, 8), "hex"), send: createSender({ region, apiKey, fetch: send }) },
  };
}
