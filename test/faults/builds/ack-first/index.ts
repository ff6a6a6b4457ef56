/**
 * The negative control of the fault suite: a Worker that acknowledges first and stores 50 ms later. It must be seen to lose webhooks.
 */
import { type AcceptAnswer, type AcceptRequest, type AnyRequest, unflat } from "../../../../src/account/rpc.ts";
import worker, { AccountObject as Honest } from "../../../../src/index.ts";

export class AccountObject extends Honest {
  override async accept(account: string, request: AcceptRequest): Promise<AcceptAnswer> {
    setTimeout(() => void super.accept(account, request), 50);
    return stored(request);
  }

  override async acceptAll(account: string, requests: readonly AnyRequest[]): Promise<readonly AcceptAnswer[]> {
    setTimeout(() => void super.acceptAll(account, requests), 50);
    return requests.map(unflat).map(stored);
  }
}

function stored({ events }: AcceptRequest): AcceptAnswer {
  return { kind: "stored", accepted: events.length, duplicate: 0 };
}

export { AccountCopy, AccountDirectory } from "../../../../src/index.ts";
export default worker;
