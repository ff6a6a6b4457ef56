/**
 * What only Customer.io, or the deployed Worker, can say of a setup.
 */
import * as z from "zod";
import type { Region } from "../../config/model.ts";
import { identifiersSchema, regionSchema } from "../../config/schema.ts";
import type { Adapter } from "../../contract/interface.ts";
import { hostOf, trackHostOf } from "../../pipelines/regions.ts";
import { accountKeyName } from "../../secret-names.ts";
import type { CioLogin } from "./cio.ts";
import { examineConnection, type Fetch } from "./connection.ts";
import { examineDeployed } from "./deployed.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Environment } from "./environments.ts";
import { trackCredentialsName } from "./names.ts";
import type { Secrets } from "./secret-file.ts";

const declaredAccount = z.looseObject({ region: regionSchema, identifiers: identifiersSchema });

/** What is asked. */
export interface Inquiry {
  readonly environments: readonly Environment[];
  readonly secrets: Secrets;
  /** Only this account; all if `null`. */
  readonly account: string | null;
  /** A sandbox in place of Customer.io; `null`: Customer.io. */
  readonly sandbox: URL | null;
  /** A deployed Worker; `null`: none is asked. */
  readonly worker: URL | null;
  /** The account that Customer.io's own command line is signed in to; `null` if there is none. */
  readonly login: CioLogin | null;
  /** All adapters. */
  readonly adapters: ReadonlyMap<string, Adapter>;
}

/** Asks Customer.io about each account whose declaration is valid, one after another, and the Worker. */
export async function examineOnline(
  { environments, secrets, account: only, sandbox, worker, login, adapters }: Inquiry,
  fetch: Fetch,
  now: () => number = Date.now,
): Promise<readonly Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const environment of environments) {
    for (const [name, given] of Object.entries(environment.accounts)) {
      const declared = declaredAccount.safeParse(given);
      if (!declared.success || (only !== null && only !== name)) continue;
      const { region, identifiers } = declared.data;
      const key = secrets.get(accountKeyName(name))?.value.trim() ?? null;
      const track = secrets.get(trackCredentialsName(name))?.value.trim() ?? null;
      const machine = { fetch: sandbox === null ? fetch : toSandbox(sandbox, fetch), now };
      diagnoses.push(...(await examineConnection({ name, region, key, track }, machine)));
      diagnoses.push(...signedIn(name, region, login), ...questions(name, identifiers));
    }
  }
  const token = secrets.get("ADMIN_TOKEN")?.value ?? null;
  return worker === null
    ? diagnoses
    : [...diagnoses, ...(await examineDeployed(worker, token, environments, adapters, fetch, now))];
}

/** Whether the account is in the region of the account that Customer.io's own command line is signed in to. A company may have several. */
function signedIn(name: string, region: Region, login: CioLogin | null): readonly Diagnosis[] {
  if (login === null) return [];
  const whose = `the cio command line is signed in to an account${login.accountId === null ? "" : ` (${login.accountId})`} in the ${login.region.toUpperCase()}`;
  const isSame = login.region === region;
  return [
    {
      code: isSame ? "region_confirmed" : "cio_region",
      level: isSame ? "ok" : "warning",
      file: null,
      line: null,
      place: `account ${name}`,
      account: name,
      text: isSame
        ? `${whose}, as the account says.`
        : `${whose}, and the account says region = "${region}". Check which of them is right.`,
      suggestion: null,
    },
  ];
}

/** What no API tells, and what it means if the answer is no. */
function questions(account: string, identifiers: z.output<typeof identifiersSchema>): readonly Diagnosis[] {
  const means = { email_and_id: "both email and id", id: "id only", email: "email only" }[identifiers];
  return [
    `In Customer.io, does Settings → Workspace Settings say that people are identified by ${means}? The account says identifiers = "${identifiers}".`,
    "Is the merging of anonymous events on there (Settings → Workspace Settings)? Without it, events from before a person was known stay without a person.",
  ].map((text) => ({
    code: "question",
    level: "question",
    file: null,
    line: null,
    place: `account ${account}`,
    account,
    text,
    suggestion: null,
  }));
}

/** Sends to a sandbox what is meant for Customer.io. */
function toSandbox(sandbox: URL, fetch: Fetch): Fetch {
  const regions: readonly Region[] = ["us", "eu"];
  return (url, init) => {
    const { origin, pathname } = new URL(url);
    const region = regions.find((candidate) => hostOf(candidate) === origin);
    const isTrack = regions.some((candidate) => trackHostOf(candidate) === origin);
    if (region === undefined && !isTrack) throw new TypeError(`${origin} is not a host of Customer.io`);
    return fetch(new URL(region === undefined ? pathname : `/${region}${pathname}`, sandbox).href, init);
  };
}
