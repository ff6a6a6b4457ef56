/**
 * What an account may say of its alerts: where they go, and of what kinds they are.
 */
import * as z from "zod";

/** Everything that an operator can be alerted to. */
export const ALERT_KINDS = ["dead_letters", "held", "lag", "conflicts", "drift", "vendor_gives_up", "rate_limited"] as const;

/** A kind of alert. */
export type AlertKind = (typeof ALERT_KINDS)[number];

/** How old the oldest pending webhook may become by default, seconds. */
const LAG = 900;

/** The option of an account. */
export const alertsSchema = z.strictObject({
  url: z.string(),
  form: z.enum(["json", "chat"]).default("json"),
  kinds: z.array(z.enum(ALERT_KINDS)).default([...ALERT_KINDS]),
  lag: z.number().min(60).max(86_400).default(LAG),
});

/** Where the alerts of an account go. */
export interface AlertTarget {
  /** Alerts go to this URL alone. */
  readonly url: string;
  /** `json`: for programs. `chat`: a text for people, as incoming webhooks of chats take it. */
  readonly form: "json" | "chat";
  /** Signs each message; `null` only in the form `chat`, since chats check no signature. */
  readonly secret: string | null;
  readonly kinds: ReadonlySet<AlertKind>;
  /** How old the oldest pending webhook may become, seconds. */
  readonly lag: number;
}
