/**
 * The collection for Postman, and its environments.
 */
import type { Account } from "../../config/model.ts";
import { hostOf, trackHostOf } from "../../pipelines/regions.ts";
import {
  type Auth,
  COLLECTION_SCHEMA,
  type Collection,
  type Folder,
  hasStatus,
  type PostmanEnvironment,
  requestItem,
} from "./format.ts";
import { pipelinesFolder, regionFolder } from "./pipelines.ts";
import { webhookFolders } from "./webhooks.ts";

/** Makes the collection of an account. @param now milliseconds since 1970: when its webhooks are signed */
export async function collectionOf(account: Account, now: number, isWhole: boolean): Promise<Collection> {
  return {
    info: {
      name: `Tributary: ${account.name}`,
      description: `Signed webhooks for the account ${account.name}, and every call that Customer.io's Pipelines API takes. Generated at ${new Date(now).toISOString()} by "npm run postman". Most vendors' signatures have a time and are good for some minutes: generate it again before you use it.`,
      schema: COLLECTION_SCHEMA,
    },
    item: [
      {
        name: "Webhooks",
        description: "A folder for each source.",
        item: await webhookFolders(account, now, isWhole),
      },
      operatorFolder(),
      pipelinesFolder(),
      regionFolder(),
    ],
  };
}

const OPERATOR: Auth = { type: "bearer", bearer: [{ key: "token", value: "{{admin_token}}", type: "string" }] };

function operatorFolder(): Folder {
  const get = (name: string, path: string, description: string, auth: Auth = OPERATOR) =>
    requestItem(name, { method: "GET", url: `{{worker_url}}${path}`, description, auth }, [hasStatus(200)]);
  return {
    name: "Worker",
    description: "How the Worker is.",
    item: [
      get("Health", "/healthz", "Whether its configuration can be used.", { type: "noauth" }),
      get("Health, in detail", "/healthz/details", "Every account and source, and what is wrong with it."),
      get("Metrics", "/metrics", "For Prometheus."),
    ],
  };
}

/** Where the local commands serve. */
export interface LocalUrls {
  readonly worker: string;
  readonly sandbox: string;
}

/** The environments: the Workers of both regions, and the local one with its sandbox. Only the local one has a key: that of the demo. */
export function environmentsFor(
  local: LocalUrls,
  localKey: string,
  localRegion: "us" | "eu",
): Readonly<Record<string, PostmanEnvironment>> {
  const regional = (region: "us" | "eu") =>
    environment(`Tributary ${region.toUpperCase()}`, {
      worker_url: `https://tributary-${region}.<your subdomain>.workers.dev`,
      cdp_api_url: hostOf(region),
      track_api_url: trackHostOf(region),
    });
  return {
    us: regional("us"),
    eu: regional("eu"),
    local: environment("Tributary local", {
      worker_url: local.worker,
      cdp_api_url: `${local.sandbox}/${localRegion}`,
      track_api_url: local.sandbox,
      write_key: localKey,
      track_site_id: `${localRegion}_site`,
      track_api_key: "any",
    }),
  };
}

const SECRETS = ["write_key", "admin_token", "track_site_id", "track_api_key"];

function environment(name: string, given: Readonly<Record<string, string>>): PostmanEnvironment {
  const values = { ...Object.fromEntries(SECRETS.map((key) => [key, ""])), ...given };
  return {
    name,
    values: Object.entries(values).map(([key, value]) => ({
      key,
      value,
      type: SECRETS.includes(key) ? "secret" : "default",
      enabled: true,
    })),
    _postman_variable_scope: "environment",
  };
}
