/**
 * The first page: how the accounts are doing.
 */
import type { OperationOutput } from "../../account/operations.ts";
import type { Config } from "../../config/model.ts";
import type { listAccounts } from "../worker-operations.ts";
import { MinuteChart } from "./minutes.tsx";
import { Badge, Facts, Notice, Table, Text, Time } from "./parts.tsx";
import { linkTo, type View } from "./view.ts";

type AccountAnswer = Awaited<ReturnType<typeof listAccounts.run>>["accounts"][number];
type SourceAnswer = OperationOutput<"sources">["sources"][number];

/** An account with its sources and its last hour; `null` where they cannot be asked for. */
export interface Standing {
  readonly account: AccountAnswer;
  readonly sources: readonly SourceAnswer[] | null;
  readonly minutes: OperationOutput<"minutes">["minutes"] | null;
}

/** Names in a notice. */
const MOST_NAMES = 8;

/** How accounts and sources are doing. @param origin of the Worker's address */
export function overviewView(
  { problems, directory }: Pick<Config, "problems" | "directory">,
  standings: readonly Standing[],
  origin: string,
): View {
  return {
    title: "Overview",
    live: standings.flatMap(({ account, sources }) => (sources === null ? [] : [account.name])),
    body: (
      <>
        {problems.map((problem) => (
          <p class="notice" role="alert">
            <Text>{problem}</Text>
          </p>
        ))}
        {standings.length === 0 ? <p>No account is configured.</p> : null}
        {directory === null ? null : (
          <p>
            <a href="/console/-/accounts">Accounts of the directory</a>: those that are not in wrangler.toml.
          </p>
        )}
        {standings.map((standing) => (
          <AccountPart {...standing} origin={origin} />
        ))}
      </>
    ),
  };
}

function AccountPart({ account, sources, minutes, origin }: Standing & { readonly origin: string }) {
  const { name, shardOf, problem, region, apiKey, unready, pending, oldestPending, lag, heldSources, dead, conflicts } = account;
  const counted = (value: number | null, page: string) =>
    value === null ? "–" : <a href={linkTo(name, page)}>{value.toLocaleString("en")}</a>;
  return (
    <>
      <h2>
        {name} <Badge of={problem === null ? (unready === null ? "ready" : "held") : "unusable"} />
      </h2>
      {shardOf === null ? null : <p>A source of {shardOf}, with an object of its own.</p>}
      {[problem, unready].map((why) =>
        why === null ? null : (
          <p class="notice">
            <Text>{why}</Text>
          </p>
        ),
      )}
      <Drift changes={account.drift ?? []} />
      {problem !== null ? null : (
        <Facts
          about={`account ${name}`}
          tiles
          of={[
            ["Region", region],
            ["Pipelines API key", apiKey ? "set" : "missing: webhooks are kept until there is one"],
            [
              "Delivery",
              <Text>
                {heldSources.length > 0 ? `Customer.io refuses everything of ${heldSources.join(", ")}` : (unready ?? "works")}
              </Text>,
            ],
            [
              "Pending",
              pending === null ? "–" : <a href={linkTo(name, "events", { state: "pending" })}>{pending.toLocaleString("en")}</a>,
            ],
            ["Oldest pending", <Time at={oldestPending} />],
            ["Delivered within", lag === null ? "–" : `${lag} s (9 of 10)`],
            ["Dead letters", counted(dead, "dead")],
            ["Open conflicts", counted(conflicts, "conflicts")],
          ]}
        />
      )}
      {minutes === null ? null : <MinuteChart account={name} minutes={minutes} />}
      {sources === null ? null : <SourceTable account={name} sources={sources} origin={origin} />}
    </>
  );
}

/** What changed at vendors. */
function Drift({ changes }: { readonly changes: NonNullable<AccountAnswer["drift"]> }) {
  if (changes.length === 0) return null;
  return (
    <div class="notice">
      <p>Vendors have changed what they send. Values may go missing:</p>
      <ul>
        {changes.map(({ source, type, path, version }) => (
          <li>
            <Text>{version === null ? `${source}: ${type} no longer has ${path}` : `${source}: API version ${version}`}</Text>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The sources of an account. */
export function SourceTable({
  account,
  sources,
  origin,
}: {
  readonly account: string;
  readonly sources: readonly SourceAnswer[];
  readonly origin: string;
}) {
  const silent = sources.filter(({ ok, lastReceivedAt, counts }) => ok && lastReceivedAt === null && counts.received === 0);
  const sorted = sources.toSorted((one, other) => rankOf(one) - rankOf(other));
  return (
    <>
      {silent.length === 0 ? null : (
        <Notice>
          {`Never received anything: ${listed(silent.map(({ name }) => name))}. Check that each vendor has the address, and that its requests are not refused.`}
        </Notice>
      )}
      <Table
        caption={`Sources of ${account}`}
        head={["Source", "State", "Address for the vendor", "Secrets", "Last webhook", "Pending", "Dead", "Delivered"]}
        keys={sorted.map(({ name }) => `source ${account} ${name}`)}
        rows={sorted.map((source) => [
          <a href={linkTo(account, "events", { source: source.name })}>{source.name}</a>,
          source.ok ? <Badge of="ok" /> : <Problem text={source.problem} />,
          <Address source={source} origin={origin} />,
          secretState(source),
          source.ok && source.counts.received === 0 ? <Badge of="never" /> : <Time at={source.lastReceivedAt} />,
          source.counts.pending.toLocaleString("en"),
          source.counts.dead.toLocaleString("en"),
          source.counts.delivered.toLocaleString("en"),
        ])}
      />
    </>
  );
}

/** Sources that need attention come first, those that were never used last. */
function rankOf({ ok, counts, lastReceivedAt }: SourceAnswer): number {
  if (!ok) return 0;
  if (counts.dead > 0) return 1;
  return lastReceivedAt === null && counts.received === 0 ? 3 : 2;
}

/** Names, of which many are cut short. */
function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function Problem({ text }: { readonly text: string | null }) {
  return (
    <>
      <Badge of="unusable" /> <Text>{text}</Text>
    </>
  );
}

function secretState({ ok, secrets }: SourceAnswer): string {
  if (!ok) return "not usable";
  return secrets === 1 ? "one" : `${secrets}: a rotation`;
}

function Address({ source, origin }: { readonly source: SourceAnswer; readonly origin: string }) {
  const { name, publicUrl, path, takesPathToken } = source;
  const address = publicUrl ?? `${origin}${path}`;
  return (
    <span class="row">
      <code>{takesPathToken ? `${address}/<its secret>` : address}</code>
      <button type="button" hidden data-copy={address} aria-label={`Copy the address of ${name}`}>
        Copy
      </button>
    </span>
  );
}
