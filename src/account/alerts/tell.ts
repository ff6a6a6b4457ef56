/**
 * Looks and tells, beside everything else: a webhook of the operator that hangs must not delay delivery.
 */
import type { Account } from "../../config/model.ts";
import type { Gate } from "../gate.ts";
import { defectOf, type Report } from "../report.ts";
import type { Alerts } from "./alerts.ts";

/** Looks at once, and sends what is to be told. Never rejects. @returns when to try again, milliseconds since 1970 */
export async function tellAlerts(
  alerts: Alerts,
  account: Account,
  gate: Gate,
  report: (line: Report) => void,
): Promise<number | null> {
  try {
    alerts.look(account);
    return (await gate.pass(() => alerts.send(account))) ?? null;
  } catch (error) {
    report(defectOf(error));
    return null;
  }
}
