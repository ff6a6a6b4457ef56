/**
 * GitHub's accounts: who somebody is, what they belong to, and which GitHub Apps they let in.
 */
import * as z from "zod";
import type { MapResult, Maybe, PersonInput, Properties } from "../../src/contract/adapter.ts";
import { decisive, group, id, identify, ignore, maybe, on, person, personId, text, track } from "../../src/contract/adapter.ts";

/** A user, a bot or an organization. */
export const account = z.object({ id, login: text, type: decisive(text), html_url: maybe.text });

/** Where in the project something happened. */
export const repository = z.object({ id, full_name: text, private: maybe.flag });

/** A field that only other events have: the event's name is not signed, so a shape shuts out the bodies that resemble its own. */
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

/** An event, and the profile of whom it is about; nothing where nobody is left, or it was a bot. */
export function did(
  who: Maybe<z.output<typeof account>>,
  event: string,
  properties: Properties = {},
  email?: PersonInput["email"],
): MapResult {
  if (!who) return ignore("its author's account was deleted");
  if (who.type === "Bot") return ignore("done by a bot");
  const facts = person({ record: who, email, ids: [personId(who.type === "Organization" ? "organization" : "user", who.id)] });
  return [identify(facts, { login: who.login, profile_url: who.html_url }), track(facts, event, properties)];
}

/** The repository that an event happened in. */
export function inside(event: { readonly repository: z.output<typeof repository> }): Properties {
  return { repository: event.repository.full_name, private: event.repository.private };
}

/** Somebody who may now write to a repository, or no longer. */
export function onMember(event: string) {
  return on(member, (m) => did(m.member, event, inside(m)));
}

/** A member more of an organization, or one less. */
export function onMembership(event: string) {
  return on(membership, ({ membership: { user, role }, organization }) =>
    did(user, event, { organization: organization.login, role }),
  );
}

/** An app that came, went or rests. An organization is no person: there it is whoever acted for it, and the organization is an object. */
export function onInstallation(event: string) {
  return on(installation, ({ installation: i, sender }) => {
    const properties = { installation_id: i.id, account: i.account.login, repository_selection: i.repository_selection };
    if (i.account.type !== "Organization") return did(i.account, event, properties);
    const drafts = did(sender, event, properties);
    const facts = person({ ids: [personId("user", sender.id)] });
    const organization = group(facts, { kind: "organization", id: i.account.id }, { name: i.account.login });
    return "kind" in drafts ? drafts : [...drafts, organization];
  });
}

/** Somebody no longer lets the app act for them. */
export const onAuthorizationRevoked = on(authorization, (a) => did(a.sender, "App Authorization Revoked"));
