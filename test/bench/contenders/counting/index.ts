/**
 * The Worker, which also tells how often its objects were called to keep webhooks: Cloudflare bills each call as a request.
 */
import type { AcceptAnswer, AcceptRequest, AnyRequest } from "../../../../src/account/rpc.ts";
import worker, { AccountObject as Own } from "../../../../src/index.ts";

/** Objects and Worker share an isolate here. */
let calls = 0;

export class AccountObject extends Own {
  override accept(account: string, request: AcceptRequest): Promise<AcceptAnswer> {
    calls += 1;
    return super.accept(account, request);
  }

  override acceptAll(account: string, requests: readonly AnyRequest[]): Promise<readonly (AcceptAnswer | null)[]> {
    calls += 1;
    return super.acceptAll(account, requests);
  }
}

export { AccountCopy, AccountDirectory } from "../../../../src/index.ts";

export default {
  ...worker,
  fetch: (request, env, context) =>
    new URL(request.url).pathname === "/calls" ? new Response(String(calls)) : worker.fetch(request, env, context),
} satisfies ExportedHandler<Record<string, unknown>>;
