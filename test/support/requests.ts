/**
 * Requests as vendors send them, and webhooks as they are kept.
 */
import type { StoredWebhook } from "../../src/account/mapping.ts";
import type { Adapter } from "../../src/contract/define.ts";
import type { Draft } from "../../src/contract/drafts.ts";
import { parseBody } from "../../src/contract/parse.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { SignedRequest, Verdict, Verifier } from "../../src/contract/verify/verifier.ts";
import { configured } from "./accounts.ts";
import type { Fixture } from "./fixtures.ts";

/** The time at which fixtures are sent and received, milliseconds since 1970. */
export const NOW = Date.UTC(2026, 10, 23, 12);

/** A fixture as a request that is not signed yet. */
export function requestOf(adapter: Adapter, fixture: Fixture): SignedRequest {
  const query = new URLSearchParams(fixture.query);
  const url = `https://hooks.example.com/hooks/demo/${adapter.id}`;
  return {
    method: "POST",
    url: query.size === 0 ? url : `${url}?${query}`,
    headers: new Headers({ ...fixture.headers, "content-type": fixture.contentType }),
    query,
    pathToken: null,
    body: utf8Bytes(fixture.text),
  };
}

/** The verdict on a request: what its head decides, then its body. */
export async function judge(verifier: Verifier, request: SignedRequest, secrets: readonly string[], now = NOW): Promise<Verdict> {
  const head = verifier.precheck(request, now);
  return head.ok ? verifier.verify(request, secrets, now) : head;
}

/** A fixture as it is kept after verification: all of its events, and only the fields that the adapter reads. */
export async function storedWebhook(adapter: Adapter, fixture: Fixture): Promise<StoredWebhook> {
  const { verifier } = configured(adapter);
  const request = await verifier.sign(requestOf(adapter, fixture), adapter.secret.demo, NOW);
  const verdict = await judge(verifier, request, [adapter.secret.demo]);
  return {
    receivedAt: NOW,
    format: adapter.format,
    headers: kept(adapter.reads.headers, request.headers),
    query: kept(adapter.reads.query, request.query),
    nonce: verdict.ok ? (verdict.nonce ?? null) : null,
    body: request.body,
    events: null,
  };
}

function kept(names: readonly string[], values: Pick<Headers, "get">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => [name, values.get(name)]).filter((pair): pair is [string, string] => pair[1] !== null),
  );
}

/** What an adapter alone makes of a kept webhook: each event's type and drafts; nothing where it refuses the webhook. */
export function readingsOf(
  adapter: Adapter,
  webhook: StoredWebhook,
): readonly { readonly type: string; readonly drafts: readonly Draft[] }[] {
  const { read, map } = configured(adapter);
  const body = parseBody(webhook.body, webhook.format);
  const result = read(
    { body: body.ok ? body.value : null, headers: webhook.headers, query: webhook.query },
    {
      receivedAt: new Date(webhook.receivedAt).toISOString(),
      bodyHash: "0".repeat(64),
      ...(webhook.nonce === null ? {} : { nonce: webhook.nonce }),
    },
  );
  return (result.ok ? result.events : []).map((event) => {
    const mapped = map(event);
    return { type: event.type, drafts: mapped.kind === "drafts" ? mapped.drafts : [] };
  });
}
