/**
 * The page of an account's sources: how each is set up, and what came through it.
 */
import { SourceTable } from "./overview.tsx";
import { refusalView, Table, Text } from "./parts.tsx";
import { linkTo, type Room } from "./view.ts";

/** The sources of an account. */
export const sourcesRoom: Room = async ({ account, origin, composes, ask }) => {
  const asked = await ask("sources", {});
  if (!asked.ok) return refusalView(asked.answer);
  const { sources } = asked.value;
  return {
    title: "Sources",
    body: (
      <>
        <SourceTable account={account} sources={sources} origin={origin} />
        <Table
          caption="How they are set up, and their ledger"
          head={[
            "Source",
            "Adapter",
            "Signature covers",
            "Test events",
            "Strangers",
            "Received",
            "Ignored",
            "Duplicate",
            "Why ignored",
          ]}
          rows={sources.map(({ name, ok, adapter, covers, testEvents, people, counts }) => [
            composes && ok ? (
              <a href={linkTo(account, "composer", { source: name })}>{`Set up and try ${name}`}</a>
            ) : adapter === null ? (
              name
            ) : (
              <a href={linkTo(account, "guide", { source: name })}>{`Set up ${name}`}</a>
            ),
            adapter ?? "–",
            covers ?? "–",
            testEvents ?? "–",
            people === null ? "–" : people === "create" ? "become people" : "are left out",
            counts.received,
            counts.ignored,
            counts.duplicate,
            <Text>
              {Object.entries(counts.reasons)
                .map(([reason, count]) => `${reason}: ${count}`)
                .join(", ") || null}
            </Text>,
          ])}
        />
      </>
    ),
  };
};
