/**
 * Why a request was most likely refused, and what to do, where the Worker's own diagnosis found nothing.
 */
import { OUTCOMES, type PlainOutcome } from "../../ingest/outcomes.ts";
import { secretName } from "../../secret-names.ts";

/** A refused request, as the Worker's log has it. */
export interface Refused {
  readonly outcome: PlainOutcome;
  readonly reason?: string | undefined;
  readonly account?: string | undefined;
  readonly source?: string | undefined;
  /** The invalid fields of a verified webhook. */
  readonly issue?: string | undefined;
}

/** @param problems what is wrong with the configuration, as the Worker says it */
export function causeOf(refused: Refused, problems: readonly string[]): string {
  const { outcome, reason, account, source, issue } = refused;
  if (outcome === "unverified") return unverified(refused);
  if (outcome === "unreadable" && issue !== undefined)
    return `It is genuine, but not what this source's vendor sends: ${issue}. Compare the URL with the vendor's settings.`;
  if (outcome === "unusable") {
    const start = source === undefined ? `account ${account}:` : `account ${account}, source ${source}:`;
    const problem =
      problems.find((one) => one.startsWith(start)) ?? problems.find((one) => one.startsWith(`account ${account}:`));
    if (problem !== undefined) return `Its configuration is wrong. ${problem}`;
  }
  if (outcome === "misconfigured" && problems.length > 0) return `The configuration is wrong. ${problems.join(" ")}`;
  if (outcome === "unknown_source" && reason === "path_token")
    return "Its URL goes on behind the source's name, and this vendor's secret is not in the URL: remove what is too much.";
  if (outcome === "unknown_source") return `Account ${account} has no source of this name.`;
  if (outcome === "unknown_account") return "There is no account of this name: /hooks/<account>/<source>.";
  if (outcome === "unknown_route") return "Nothing is served there: webhooks go to /hooks/<account>/<source>.";
  if (reason === "no_key") return "The vendor's public key cannot be fetched just now. The vendor sends again.";
  return OUTCOMES[outcome].message;
}

function unverified({ reason, account = "", source = "" }: Refused): string {
  switch (reason) {
    case "missing":
      return "It has no signature: something else than the vendor sent it, or a proxy removed a header.";
    case "malformed":
      return "Its signature does not have this vendor's form: another vendor, or another way of signing, is configured there.";
    case "stale":
      return "Its signature is too old, or from the future: it was sent again from a record, or a clock is wrong.";
    case "replayed":
      return "The same signature came before, with another body: it proves only one.";
    default:
      return `The secret is wrong, most likely: ${secretName(account, source)} must be the one of this very endpoint, in the same mode. Else the body was changed on its way.`;
  }
}
