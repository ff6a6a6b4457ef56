/**
 * Tells the account's other object what a source demands: it may know the person from the time when the webhooks of the source went there.
 */
import type { Account } from "../../config/model.ts";
import { otherObjectOf } from "../../config/shards.ts";
import type { AccountModules } from "../modules.ts";
import type { OperationContext } from "../operation.ts";

/** Tells it of all that it has not been told. @returns whether it was reached, or there was nothing to tell; never rejects */
export async function passOn(
  { erasures, now }: Pick<AccountModules, "erasures" | "now">,
  account: Account,
  objectOf: OperationContext["shard"],
): Promise<boolean> {
  for (const { number, ...demand } of erasures.untold()) {
    const place = otherObjectOf(account, demand.source);
    if (place !== null && !(await tell(() => objectOf(place).operate("erase.demand", JSON.stringify(demand))))) return false;
    erasures.passedOn(number, now());
  }
  return true;
}

async function tell(ask: () => Promise<{ readonly ok: boolean }>): Promise<boolean> {
  try {
    return (await ask()).ok;
  } catch {
    return false;
  }
}
