/**
 * The page of dead letters: why each died, and their replay or discard.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { Action, Badge, Choice, Field, Notice, refusalView, Table, Text, Time } from "./parts.tsx";
import { filtersOf, linkTo, type Room, type View } from "./view.ts";

type Letter = OperationOutput<"dead.list">["letters"][number];

/** What each reason means, and what to do. */
const WHY: Readonly<Record<Letter["reason"], string>> = {
  schema: "A field that the adapter needs is not as the vendor documents it. Replay once the adapter reads it.",
  exception: "The adapter failed: a defect. Replay once it is mended.",
  invalid: "The adapter made a call that may not be sent: a defect. Replay once it is mended.",
  too_large: "Its call is larger than Customer.io takes, even cut down.",
  unreadable: "Its webhook, or this item of it, cannot be read. Replay once the adapter reads it.",
  unconfigured: "Its source is gone or cannot be used. Mend the configuration, then replay.",
  orphan: "It names only a thing that led to no person in time. Replay once that person is known.",
  refused: "Customer.io refused it, while it took others.",
  crashed: "The account's object ended three times while it was translated: a defect. Replay once it is mended.",
  expired: "It could not be delivered for as long as events are kept. Replay once delivery works.",
};

const REASONS = Object.keys(WHY);

const FILTERS = ["source", "type", "reason", "text"];

const NOTICES: Readonly<Record<string, string>> = {
  replay: "The selected dead letters went back to the end of the inbox.",
  discard: "The selected dead letters are discarded.",
};

/** Dead letters that match the filters of the address. */
export const deadRoom: Room = async ({ account, query, ask }) => {
  const filters = filtersOf(query, FILTERS);
  const asked = await ask("dead.list", { ...filters, ...filtersOf(query, ["cursor"]) });
  if (!asked.ok) return refusalView(asked.answer);
  const { letters, total, next } = asked.value;
  const notice = NOTICES[query.get("done") ?? ""];
  return {
    title: "Dead letters",
    body: (
      <>
        {notice === undefined ? null : <Notice>{notice}</Notice>}
        <form class="filters" method="get" action={linkTo(account, "dead")}>
          <Field name="source" label="Source" value={filters.source} />
          <Field name="type" label="Type" value={filters.type} />
          <Choice name="reason" label="Reason" value={filters.reason} of={REASONS} />
          <Field name="text" label="Text in id, type or detail" value={filters.text} />
          <p class="row">
            <button type="submit">Search</button>
            <a href={linkTo(account, "dead")}>All dead letters</a>
          </p>
        </form>
        <p>{`${total} in all.`}</p>
        {letters.length === 0 ? null : <Letters account={account} letters={letters} />}
        {next === null ? null : (
          <p>
            <a rel="next" href={linkTo(account, "dead", { ...filters, cursor: next })}>
              Younger dead letters
            </a>
          </p>
        )}
      </>
    ),
  };
};

function Letters({ account, letters }: { readonly account: string; readonly letters: readonly Letter[] }) {
  return (
    <Action to={linkTo(account, "dead")}>
      <Table
        caption="Dead letters, oldest first"
        head={[<SelectAll />, "Died", "Source", "Type", "Event", "Why"]}
        rows={letters.map((letter) => [
          <input
            type="checkbox"
            name="number"
            value={String(letter.number)}
            aria-label={`Select dead letter ${letter.number}`}
          />,
          <Time at={letter.diedAt} />,
          letter.source,
          <Text>{letter.type}</Text>,
          <a href={linkTo(account, "event", { source: letter.source, id: letter.id })}>
            <Text>{letter.id}</Text>
          </a>,
          <>
            <Badge of={letter.reason} /> <Text>{letter.detail}</Text>
            <br />
            {WHY[letter.reason]}
          </>,
        ])}
      />
      <p class="row">
        <button type="submit" name="action" value="replay">
          Replay the selected
        </button>
        <button type="submit" name="action" value="discard">
          Discard the selected …
        </button>
      </p>
    </Action>
  );
}

function SelectAll() {
  return <input type="checkbox" hidden data-all="number" aria-label="Select all on this page" />;
}

/** Replays or discards the selected dead letters. Before a discard it asks. */
export const moveDeadRoom: Room = async ({ account, form, ask }) => {
  const action = form.get("action");
  const numbers = form.getAll("number").map(Number).filter(Number.isSafeInteger);
  if (numbers.length === 0) return refusalView({ status: 400, message: "Select the dead letters first." });
  if (action !== "replay" && action !== "discard") return refusalView({ status: 400, message: "Say replay or discard." });
  if (action === "discard" && form.get("sure") !== "yes") return confirmView(account, numbers);
  const asked = await ask(action === "replay" ? "dead.replay" : "dead.discard", { numbers });
  return asked.ok ? { location: linkTo(account, "dead", { done: action }) } : refusalView(asked.answer);
};

function confirmView(account: string, numbers: readonly number[]): View {
  return {
    title: "Discard dead letters?",
    body: (
      <>
        <p class="notice" role="alert">
          {`${numbers.length} dead letter(s) are deleted with their webhooks. This cannot be undone.`}
        </p>
        <Action to={linkTo(account, "dead")} fields={{ action: "discard", sure: "yes" }}>
          {numbers.map((number) => (
            <input type="hidden" name="number" value={String(number)} />
          ))}
          <p class="row">
            <button type="submit">Discard them</button>
            <a href={linkTo(account, "dead")}>Back to the dead letters</a>
          </p>
        </Action>
      </>
    ),
  };
}
