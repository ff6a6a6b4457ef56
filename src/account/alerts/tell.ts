/**
 * Looks and tells, beside everything else: a webhook of the operator that hangs must not delay delivery.
 */
import type { Account } from "../../config/model.ts";
import type { Gate } from "../gate.ts";
import { defectOf, type Report } from "../report.ts";
import type { Alerts } from "./alerts.ts";

/** Looks, and sends what is to be told. Never rejects. @param configured the account as it is configured @returns when to try again, milliseconds since 1970 */
export async function tellAlerts(
  alerts: Alerts,
  configured: () => Promise<Account | null>,
  gate: Gate,
  report: (line: Report) => void,
): Promise<number | null> {
  try {
    const account = await configured();
    if (account === null) return null;
    alerts.look(account);
    return (await gate.pass(() => alerts.send(account))) ?? null;
  } catch (error) {
    report(defectOf(error));
    return null;
  }
}
