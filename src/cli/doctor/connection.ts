/**
 * Whether Customer.io takes calls with an account's key, in the account's region. No call is about a person.
 */
import * as z from "zod";
import type { Region } from "../../config/model.ts";
import { messageIdOf } from "../../pipelines/message-id.ts";
import { hostOf, trackHostOf } from "../../pipelines/regions.ts";
import { type Answer, createSender } from "../../pipelines/sender.ts";
import { VERSION } from "../../version.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** How requests leave. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What the checks need from the machine. */
export interface Machine {
  readonly fetch: Fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** An account as the checks need it. */
export interface Connected {
  readonly name: string;
  readonly region: Region;
  readonly key: string | null;
  /** Track API credentials, `site_id:api_key`; `null` if there are none. */
  readonly track: string | null;
}

const OTHER: Readonly<Record<Region, Region>> = { us: "eu", eu: "us" };
const NAMES: Readonly<Record<Region, string>> = { us: "US", eu: "EU" };

/** Milliseconds that the clock may be wrong: whoever verifies signatures allows five minutes at most. */
const SKEW = { warning: 30_000, error: 240_000 } as const;

/** Milliseconds for an answer of the Track API. */
const PATIENCE = 10_000;

type Said = Pick<Diagnosis, "code" | "level" | "text">;

/** Tries an account's key, its Track credentials if there are any, and the clock. */
export async function examineConnection(account: Connected, machine: Machine): Promise<readonly Diagnosis[]> {
  let skew: number | null = null;
  const fetch: Fetch = async (url, init) => {
    const response = await machine.fetch(url, init);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) skew = machine.now() - date;
    return response;
  };
  const key = account.key === null ? noKey(account) : await tryKey(account, account.key, { ...machine, fetch });
  const track = account.track === null ? [] : [await tryTrack(account, account.track, { ...machine, fetch })];
  return [key, ...track, ...clock(skew)].map((said) => ({
    ...said,
    file: null,
    line: null,
    place: `account ${account.name}`,
    account: account.name,
    suggestion: null,
  }));
}

/** A body of `POST /v1/track` that creates no person and starts no automation. @param now ISO 8601 UTC */
async function connectedCall(now: string): Promise<string> {
  const identity = { account: "", source: "", eventId: "doctor", occurredAt: now, callKey: "core/connected" };
  return JSON.stringify({
    type: "track",
    messageId: await messageIdOf(identity),
    timestamp: now,
    anonymousId: "tributary-doctor",
    event: "Tributary Connected",
    properties: {},
    context: { library: { name: "tributary", version: VERSION } },
  });
}

function noKey({ name }: Connected): Said {
  return { code: "no_key", level: "warning", text: `the API key of ${name} is not known here, so its region was not tried.` };
}

async function tryKey({ region }: Connected, apiKey: string, machine: Machine): Promise<Said> {
  const body = await connectedCall(new Date(machine.now()).toISOString());
  const ask = (asked: Region) => createSender({ region: asked, apiKey, ...machine })("/v1/track", body);
  const answer = await ask(region);
  if (!isRefused(answer)) return meaningOf(answer, region);
  const other = OTHER[region];
  const elsewhere = await ask(other);
  if (isAccepted(elsewhere)) {
    const text = `the key belongs to a workspace in the ${NAMES[other]}, and the account says region = "${region}". Move the account to [env.${other}.vars.ACCOUNTS] and set region = "${other}", or use the key of a workspace in the ${NAMES[region]}.`;
    return { code: "wrong_region", level: "error", text };
  }
  const also = isRefused(elsewhere)
    ? "and so does the other region"
    : `and the other region could not be asked (${outcomeOf(elsewhere)})`;
  const text = `Customer.io refuses the key in the ${NAMES[region]} (${outcomeOf(answer)}), ${also}. Copy it again: Data & Integrations → Integrations → Customer.io API. It is neither a Track nor an App API key.`;
  return { code: "wrong_key", level: "error", text };
}

function meaningOf(answer: Answer, region: Region): Said {
  if (isAccepted(answer)) {
    const text = `Customer.io took an anonymous "Tributary Connected" in the ${NAMES[region]}, in strict mode.`;
    return { code: "connected", level: "ok", text };
  }
  if (answer.kind === "network") {
    const text = `${hostOf(region)} cannot be reached (${answer.detail}). Check the network, DNS and proxies of this machine.`;
    return { code: "unreachable", level: "error", text };
  }
  if (answer.status === 429 || answer.status >= 500) {
    const text = `Customer.io answered ${answer.status}: it has a problem, or too many calls arrive. Try again later.`;
    return { code: "busy", level: "warning", text };
  }
  const text = `Customer.io refused a harmless call: ${outcomeOf(answer)}. Something between this machine and Customer.io may have answered.`;
  return { code: "refused", level: "error", text };
}

function isAccepted(answer: Answer): boolean {
  return answer.kind === "status" && answer.status >= 200 && answer.status < 300;
}

function isRefused(answer: Answer): boolean {
  return answer.kind === "status" && (answer.status === 401 || answer.status === 403);
}

function outcomeOf(answer: Answer): string {
  return answer.kind === "status" ? `${answer.status} ${answer.detail}`.trim() : answer.detail;
}

const regionAnswer = z.looseObject({ region: z.enum(["us", "eu"]), environment_id: z.number().optional() });

/**
 * Looks up the region of Track credentials. Either host answers for both regions; the account's own is asked.
 * @see https://docs.customer.io/integrations/api/track/#operation/getRegion
 */
async function tryTrack({ region, name }: Connected, credentials: string, { fetch }: Machine): Promise<Said> {
  const url = `${trackHostOf(region)}/api/v1/accounts/region`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 401)
      return {
        code: "track_credentials",
        level: "error",
        text: "the Track credentials are refused. They are site_id:api_key, of Settings → API credentials.",
      };
    const answer = regionAnswer.safeParse(await response.json().catch(() => null));
    if (!response.ok || !answer.success)
      return {
        code: "busy",
        level: "warning",
        text: `the Track API answered ${response.status}, so the region was not confirmed.`,
      };
    if (answer.data.region !== region)
      return {
        code: "track_region",
        level: "error",
        text: `the Track API says that the workspace is in the ${NAMES[answer.data.region]}, and account ${name} says region = "${region}".`,
      };
    const workspace = answer.data.environment_id === undefined ? "" : ` (workspace ${answer.data.environment_id})`;
    return { code: "region_confirmed", level: "ok", text: `the Track API confirms region = "${region}"${workspace}.` };
  } catch {
    return { code: "unreachable", level: "error", text: `${trackHostOf(region)} cannot be reached.` };
  }
}

function clock(skew: number | null): readonly Said[] {
  if (skew === null || Math.abs(skew) <= SKEW.warning) return [];
  const text = `the clock of this machine is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? "fast" : "slow"}. A Worker on it would refuse signed webhooks; synchronise the clock (NTP).`;
  return [{ code: "clock", level: Math.abs(skew) > SKEW.error ? "error" : "warning", text }];
}
