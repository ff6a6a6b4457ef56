/**
 * People who exist twice in Customer.io: what happened, and the decision.
 */

import type { OperationOutput } from "../../account/operations.ts";
import { CONFLICT_STATES } from "../../account/people/conflicts.ts";
import { Action, Badge, Choice, Notice, refusalView, Table, Text, Time } from "./parts.tsx";
import { filtersOf, linkTo, type Room } from "./view.ts";

type Conflict = OperationOutput<"conflicts.list">["conflicts"][number];

const NOTICES: Readonly<Record<string, string>> = {
  merge: "The merge is sent with the next batch.",
  dismiss: "The conflict is dismissed.",
};

/** The conflicts of an account; the open ones unless the address says otherwise. */
export const conflictsRoom: Room = async ({ account, query, ask }) => {
  const filters = filtersOf(query, ["state"]);
  const asked = await ask("conflicts.list", { ...filters, ...filtersOf(query, ["cursor"]) });
  if (!asked.ok) return refusalView(asked.answer);
  const { conflicts, open, next } = asked.value;
  const notice = NOTICES[query.get("done") ?? ""];
  return {
    title: "Conflicts",
    body: (
      <>
        {notice === undefined ? null : <Notice>{notice}</Notice>}
        <form class="filters" method="get" action={linkTo(account, "conflicts")}>
          <Choice name="state" label="State" value={filters.state ?? "open"} of={CONFLICT_STATES} />
          <button type="submit">Show</button>
        </form>
        <p>{`${open} open.`}</p>
        {conflicts.length === 0 ? null : <ConflictTable account={account} conflicts={conflicts} />}
        {next === null ? null : (
          <p>
            <a rel="next" href={linkTo(account, "conflicts", { ...filters, cursor: next })}>
              Younger conflicts
            </a>
          </p>
        )}
      </>
    ),
  };
};

/** Conflicts, each with what can be decided. */
export function ConflictTable({ account, conflicts }: { readonly account: string; readonly conflicts: readonly Conflict[] }) {
  return (
    <Table
      caption="People who may exist twice in Customer.io"
      head={["Found", "State", "Stays", "Other", "What happened", "Decision"]}
      rows={conflicts.map((conflict) => [
        <Time at={conflict.foundAt} />,
        <Badge of={conflict.state} />,
        <Person account={account} name={conflict.keep} />,
        <Person account={account} name={conflict.fold} />,
        <Text>{conflict.text}</Text>,
        <Decision account={account} conflict={conflict} />,
      ])}
    />
  );
}

function Person({ account, name }: { readonly account: string; readonly name: string }) {
  return (
    <a href={linkTo(account, "people", { name })}>
      <Text>{name}</Text>
    </a>
  );
}

function Decision({
  account,
  conflict: { number, state, mergeable },
}: {
  readonly account: string;
  readonly conflict: Conflict;
}) {
  if (state !== "open") return "–";
  return (
    <Action to={linkTo(account, "conflicts")} fields={{ number: String(number) }}>
      <span class="row">
        {mergeable ? (
          <button type="submit" name="decision" value="merge" aria-label={`Merge conflict ${number}`}>
            Merge …
          </button>
        ) : null}
        <button type="submit" name="decision" value="dismiss" aria-label={`Dismiss conflict ${number}`}>
          Dismiss
        </button>
      </span>
    </Action>
  );
}

/** Decides about one conflict. Before a merge it asks. */
export const decideRoom: Room = async ({ account, form, ask }) => {
  const decision = form.get("decision") ?? "";
  const number = Number(form.get("number"));
  if (decision === "merge" && Number.isSafeInteger(number) && form.get("sure") !== "yes") {
    return {
      title: "Merge these two people?",
      body: (
        <>
          <p class="notice" role="alert">
            Customer.io moves what it knows of the other person to the one who stays, and deletes the other. This cannot be
            undone.
          </p>
          <Action to={linkTo(account, "conflicts")} fields={{ number: String(number), decision, sure: "yes" }}>
            <p class="row">
              <button type="submit">Merge them</button>
              <a href={linkTo(account, "conflicts")}>Back to the conflicts</a>
            </p>
          </Action>
        </>
      ),
    };
  }
  const asked = await ask("conflicts.decide", { number, decision });
  return asked.ok ? { location: linkTo(account, "conflicts", { done: decision }) } : refusalView(asked.answer);
};
