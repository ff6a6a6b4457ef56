/**
 * GitHub's accounts, their memberships and their GitHub Apps.
 */
import * as z from "zod";
import type { MapResult, Maybe, PersonFacts, PersonInput } from "../../src/contract/adapter.ts";
import { decisive, group, id, identify, ignore, maybe, on, person, personId, text } from "../../src/contract/adapter.ts";
import {
  type collaboratorAdded,
  type collaboratorRemoved,
  type Maker,
  type organizationJoined,
  type organizationLeft,
  ownEvents,
} from "../../src/vocabulary/adapter.ts";
import type { GITHUB } from "./plan.schema.ts";

const own = ownEvents<typeof GITHUB>();

/** A user, a bot or an organization. */
export const account = z.object({ id, login: text, type: decisive(text), html_url: maybe.text });

/** The repository of an event. */
export const repository = z.object({ id, full_name: text, private: maybe.flag });

/** A field that only other events have: the event's name is unsigned, so a schema excludes similar bodies of other events. */
export const absent = z.undefined().optional();

const member = z.object({ member: account, repository });

const membership = z.object({
  membership: z.object({ user: decisive(account), role: maybe.text }),
  organization: account,
});

const installation = z.object({
  installation: z.object({ id, account, repository_selection: maybe.text }),
  repositories_added: absent,
  sender: account,
});

const authorization = z.object({ sender: account, installation: absent, repository: absent, organization: absent });

/** An event with the profile of its account; ignored for deleted accounts and bots. */
export function did<Known>(
  who: Maybe<z.output<typeof account>>,
  make: Maker<Known>,
  properties: Known,
  email?: PersonInput["email"],
): MapResult {
  if (!who) return ignore("its author's account was deleted");
  if (who.type === "Bot") return ignore("done by a bot");
  const facts = personOf(who, email);
  return [identify(facts, { login: who.login, profile_url: who.html_url }), make(facts, properties)];
}

/** The person of an account. */
export function personOf(who: z.output<typeof account>, email?: PersonInput["email"]): PersonFacts {
  return person({ record: who, email, ids: [personId(who.type === "Organization" ? "organization" : "user", who.id)] });
}

/** Properties of the repository. */
export function inside(event: { readonly repository: z.output<typeof repository> }) {
  return { repository: event.repository.full_name, private: event.repository.private };
}

/** An added or removed collaborator. */
export function onMember(make: typeof collaboratorAdded | typeof collaboratorRemoved) {
  return on(member, (m) => did(m.member, make, inside(m)));
}

/** An added or removed member of an organization. */
export function onMembership(make: typeof organizationJoined | typeof organizationLeft) {
  return on(membership, ({ membership: { user, role }, organization }) =>
    did(user, make, { organization_id: organization.id, organization_name: organization.login, role }),
  );
}

type InstallationEvent = "App Installed" | "App Uninstalled" | "App Suspended" | "App Unsuspended" | "App Permissions Accepted";

/** An installed, removed or suspended app. For an organization the person is the sender, and the organization a group. */
export function onInstallation(event: InstallationEvent) {
  return on(installation, ({ installation: i, sender }) => {
    const properties = { installation_id: i.id, account: i.account.login, repository_selection: i.repository_selection };
    if (i.account.type !== "Organization") return did(i.account, own(event), properties);
    const drafts = did(sender, own(event), properties);
    const facts = person({ ids: [personId("user", sender.id)] });
    const organization = group(facts, { kind: "organization", id: i.account.id }, { name: i.account.login });
    return "kind" in drafts ? drafts : [...drafts, organization];
  });
}

/** A revoked authorization of the app. */
export const onAuthorizationRevoked = on(authorization, (a) => did(a.sender, own("App Authorization Revoked"), {}));
