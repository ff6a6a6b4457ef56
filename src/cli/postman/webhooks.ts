/**
 * Signed webhooks of an account's sources, as requests of a collection.
 */
import type { Account, Source } from "../../config/model.ts";
import type { SignedRequest } from "../../contract/verify/verifier.ts";
import { interpret } from "../../ingest/interpret.ts";
import { findFixture, fixtureNames } from "../fixtures.ts";
import { toRequest } from "../recorded.ts";
import { freshen, sign } from "../requests.ts";
import { sampleFor } from "../setup/sample.ts";
import { type Folder, hasStatus, type Pair, type RequestItem, requestItem } from "./format.ts";

/** Headers that Postman sets from the body and the URL. */
const OWN_HEADERS = ["content-length", "host"];

/** A folder for each source of an account: samples, and one that is forged. @param isWhole every sample that there is, not only one */
export async function webhookFolders(account: Account, now: number, isWhole: boolean): Promise<readonly Folder[]> {
  const folders: Folder[] = [];
  for (const state of account.sources.values()) if (state.ok) folders.push(await folderOf(state.source, account, now, isWhole));
  return folders;
}

async function folderOf(source: Source, account: Account, now: number, isWhole: boolean): Promise<Folder> {
  const { adapter, name } = source;
  const best = (await sampleFor(source, account, now))?.event;
  const all = isWhole || best === undefined ? await eventsOf(source, now) : [best];
  const first = best ?? all[0];
  const chosen = isWhole ? all : all.slice(0, 1);
  const item: RequestItem[] = [];
  for (const event of chosen) {
    const fixture = findFixture(adapter.id, event);
    if (fixture === null) continue;
    const request = await freshen(toRequest(fixture, source), source, now);
    item.push(itemOf(event, await sign(request, source, now), account, source, [hasStatus(200), COUNTED]));
    if (event !== first) continue;
    const forged = await sign(request, source, now, "tamper");
    item.push(itemOf(`${event}, forged`, forged, account, source, [hasStatus(401)]));
  }
  return {
    name: name === adapter.id ? adapter.name : `${adapter.name} (${name})`,
    description: `Signed with the secret of ${account.name}/${name}. A request that is sent again is a duplicate: 200, and nothing new.`,
    item,
  };
}

/** The samples that tell an event: not handshakes, and not those with options of their own, which do not fit every source. */
async function eventsOf(source: Source, now: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of fixtureNames(source.adapter.id)) {
    const fixture = findFixture(source.adapter.id, name);
    if (fixture === null || Object.keys(fixture.options).length > 0) continue;
    const request = await sign(toRequest(fixture, source), source, now);
    const contentType = request.headers.get("content-type");
    const read = await interpret({ head: request, body: request.body, nonce: null, contentType, receivedAt: now }, source);
    if (read.kind === "webhook" && read.reading.events.length > 0) names.push(name);
  }
  return names;
}

/** Each event is in the answer of the Worker: accepted, a duplicate, or ignored. */
const COUNTED = `pm.test("counts its events", () => {
  const { accepted, duplicate, ignored } = pm.response.json();
  pm.expect(accepted + duplicate + ignored).to.be.above(0);
});`;

function itemOf(
  name: string,
  { headers, query, pathToken, body }: SignedRequest,
  account: Account,
  source: Source,
  checks: readonly string[],
): RequestItem {
  const token = pathToken === null ? "" : `/${pathToken}`;
  const search = query.size === 0 ? "" : `?${query}`;
  const header = [...headers].filter(([key]) => !OWN_HEADERS.includes(key)).map(([key, value]): Pair => ({ key, value }));
  return requestItem(
    name,
    {
      method: "POST",
      url: `{{worker_url}}/hooks/${account.name}/${source.name}${token}${search}`,
      header,
      body: { mode: "raw", raw: new TextDecoder().decode(body) },
    },
    checks,
  );
}
