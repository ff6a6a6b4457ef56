/**
 * The page about one person: what Customer.io was told or would be told of them, and how that is known.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { ConflictTable } from "./conflicts.tsx";
import { Facts, Field, Notice, refusalView, Table, Text, Time } from "./parts.tsx";
import { filtersOf, linkTo, type Room } from "./view.ts";

type Explanation = OperationOutput<"people.explain">;
type Profile = Explanation["profiles"][number];

/** A person, by a user id, an address or a vendor's id. */
export const peopleRoom: Room = async ({ account, query, ask }) => {
  const { name } = filtersOf(query, ["name"]);
  const search = (
    <form class="filters" method="get" action={linkTo(account, "people")}>
      <Field name="name" label="User id, address, or source:kind:id" value={name} />
      <button type="submit">Search</button>
    </form>
  );
  if (name === undefined) {
    const body = (
      <>
        <p>What does Customer.io know of ada@example.com, or would it know with her next event, and from where?</p>
        {search}
      </>
    );
    return { title: "People", body };
  }
  const asked = await ask("people.explain", { name });
  if (!asked.ok) return refusalView(asked.answer);
  const found = asked.value;
  return {
    title: `Person ${name}`,
    body: (
      <>
        {search}
        <p>
          <a href={linkTo(account, "events", { person: name })}>Events about this person</a>
        </p>
        <Summary found={found} />
        {found.profiles.map((profile) => (
          <ProfilePart profile={profile} />
        ))}
        {found.addresses.length === 0 ? null : <Addresses found={found} />}
        {found.ids.length === 0 ? null : <Ids found={found} />}
        <h2>Conflicts</h2>
        {found.conflicts.length === 0 ? <p>None.</p> : <ConflictTable account={account} conflicts={found.conflicts} />}
        {found.shards.map((shard) => (
          <p>
            <a href={linkTo(shard, "people", { name })}>What {shard} knows</a>: it has an identity book of its own.
          </p>
        ))}
      </>
    ),
  };
};

function Summary({ found: { goesTo, erased, waiting, incomplete, readAs, profiles } }: { readonly found: Explanation }) {
  return (
    <>
      {erased ? <Notice>This person was erased: events with this name are ignored.</Notice> : null}
      {incomplete ? <Notice>Ids may be missing: the book is searched whole once no webhook waits.</Notice> : null}
      {profiles.length === 0 ? <p>The identity book knows nobody by this name.</p> : null}
      <Facts
        of={[
          ["Read as", readAs],
          ["An event with this name goes to", <Text>{goesTo?.identifier ?? null}</Text>],
          ["Why", goesTo === null ? "–" : `${goesTo.step.replaceAll("_", " ")}, ${goesTo.trust}`],
          ["Events that wait", waiting],
        ]}
      />
    </>
  );
}

function ProfilePart({ profile }: { readonly profile: Profile }) {
  const { name, kind, left, verified, into, apart, strays, deleted, attributes, traits, choices, optOuts } = profile;
  return (
    <>
      <h2>
        {`${kind}: `}
        <Text>{name}</Text>
      </h2>
      <Facts
        of={[
          ["Known to Customer.io", left ? "yes" : "no call about them was made yet"],
          ["Known by a verified fact", verified ? "yes" : "no"],
          ["Goes on as", <Text>{into}</Text>],
          ["Exists apart as", <Text>{apart.join(", ") || null}</Text>],
          ["Earlier events as", <Text>{strays.join(", ") || null}</Text>],
          ["Deleted", deleted === null ? "–" : <Time at={deleted.at} />],
        ]}
      />
      <Table
        caption="What Customer.io knows, or is told with the next event"
        head={["Attribute", "Value"]}
        rows={Object.entries(attributes).map(([key, value]) => [<Text>{key}</Text>, <Text>{JSON.stringify(value)}</Text>])}
      />
      {traits.length === 0 ? null : (
        <Table
          caption="Where it comes from"
          head={["Trait", "Value", "Source", "Trusted", "Since"]}
          rows={traits.map((trait) => [
            <Text>{trait.name}</Text>,
            <Text>{JSON.stringify(trait.value)}</Text>,
            <Text>{`${trait.source} (${trait.origin})`}</Text>,
            trait.trusted ? "yes" : "no",
            <Time at={trait.at} />,
          ])}
        />
      )}
      {choices.length + optOuts.length === 0 ? null : <Consent profile={profile} />}
    </>
  );
}

function Consent({ profile: { choices, optOuts } }: { readonly profile: Profile }) {
  return (
    <Table
      caption="Choices about messages"
      head={["Channel", "Topic or effect", "Choice", "Source", "Since"]}
      rows={[
        ...choices.map(({ channel, topic, state, source, at }) => [
          <Text>{channel}</Text>,
          <Text>{topic}</Text>,
          <Text>{state}</Text>,
          <Text>{source}</Text>,
          <Time at={at} />,
        ]),
        ...optOuts.map(({ channel, acts, final, at }) => [
          <Text>{channel}</Text>,
          acts ? "switches the channel off" : "is noted",
          final ? "opted out for good" : "opted out",
          "–",
          <Time at={at} />,
        ]),
      ]}
    />
  );
}

function Addresses({ found: { addresses } }: { readonly found: Explanation }) {
  return (
    <>
      <h2>Addresses</h2>
      <Table
        caption="Where each address leads"
        head={["Address", "Leads to", "User id", "Since"]}
        rows={addresses.map(({ address, holder, userId, since }) => [
          <Text>{address}</Text>,
          holder,
          <Text>{userId}</Text>,
          <Time at={since} />,
        ])}
      />
    </>
  );
}

function Ids({ found: { ids } }: { readonly found: Explanation }) {
  return (
    <>
      <h2>Vendors' ids</h2>
      <Table
        caption="Where each id leads, and the event that taught it"
        head={["Id", "Role", "User id", "Address", "Person", "By"]}
        rows={ids.map(({ id, role, user, email, person }) => [
          <Text>{id}</Text>,
          role,
          <Text>{user?.to ?? null}</Text>,
          <Text>{email?.to ?? null}</Text>,
          <Text>{person?.to ?? null}</Text>,
          <Text>{user?.by ?? email?.by ?? person?.by ?? null}</Text>,
        ])}
      />
    </>
  );
}
