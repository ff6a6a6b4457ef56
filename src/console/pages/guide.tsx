/**
 * The page that says how a source is set up at its vendor.
 */
import { GUIDES, type Guide } from "../guides.ts";
import { SourceTable } from "./overview.tsx";
import { refusalView, Text } from "./parts.tsx";
import type { Room } from "./view.ts";

/** One source: its address, its secrets, and the steps at its vendor. */
export const guideRoom: Room = async ({ account, query, origin, ask }) => {
  const asked = await ask("sources", {});
  if (!asked.ok) return refusalView(asked.answer);
  const source = asked.value.sources.find(({ name }) => name === query.get("source"));
  if (source === undefined) return refusalView({ status: 404, message: "There is no such source." });
  const guide = GUIDES.get(source.adapter ?? "");
  return {
    title: `Set up ${source.name}`,
    body: (
      <>
        <SourceTable account={account} sources={[source]} origin={origin} />
        <p>
          Its event types and options are listed in <code>adapters/{source.adapter}.md</code> of the project.
        </p>
        {guide === undefined ? (
          <p>This Worker was built without its adapter, and so without its steps.</p>
        ) : (
          <Steps guide={guide} />
        )}
      </>
    ),
  };
};

/** What to do at the vendor, in order. */
export function Steps({ guide: { vendor, docs, steps } }: { readonly guide: Guide }) {
  return (
    <>
      <h2>
        At <Text>{vendor}</Text>
      </h2>
      <ol>
        {steps.map((step) => (
          <li>
            <Text>{step}</Text>
          </li>
        ))}
      </ol>
      <p>
        <a href={docs} rel="noreferrer">
          The vendor's page about its webhooks
        </a>
      </p>
    </>
  );
}
