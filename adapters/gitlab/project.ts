/**
 * What people do in a GitLab project: issues, merge requests, comments, pushes, memberships.
 */
import * as z from "zod";
import type { MapResult, Maybe } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  flag,
  id,
  identify,
  ignore,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  text,
} from "../../src/contract/adapter.ts";
import {
  codePushed,
  type collaboratorAdded,
  type collaboratorRemoved,
  issueCommented,
  type Maker,
  type organizationJoined,
  type organizationLeft,
  pullRequestReviewed,
} from "../../src/vocabulary/adapter.ts";

/** Older versions write `2026-11-20 09:00:00 UTC`. */
export const time = optional(text.transform((value) => value.replace(/ UTC$/, "Z")).pipe(isoTime));

/** Without a public address in the profile GitLab writes `[REDACTED]`. */
const address = maybe.text.transform((value) => (value?.includes("@") ? value : undefined));

const user = z.object({ id: decisive(id), username: decisive(text), name: maybe.text, email: address });

type User = z.output<typeof user>;

const project = optional(z.object({ path_with_namespace: maybe.text, visibility_level: maybe.integer }));

const topic = z.object({ author_id: decisive(id), iid: maybe.integer, ...each(maybe.text, "title", "state", "url") });

const change = z.object({ user, project, object_attributes: topic });

const note = z.object({
  user,
  project,
  object_attributes: z.object({ author_id: decisive(id), system: decisive(flag), url: maybe.text }),
  ...each(optional(topic), "issue", "merge_request"),
});

const acting = z.object({ user_id: id, ...each(maybe.text, "user_username", "user_name"), user_email: address });

const push = acting.extend({
  ref: maybe.text,
  after: decisive(text),
  total_commits_count: maybe.integer,
  project,
});

const member = acting.extend({
  group_id: maybe.id,
  ...each(maybe.text, "group_name", "group_access", "project_path_with_namespace"),
});

function actorOf(a: z.output<typeof acting>): User {
  return { id: a.user_id, username: a.user_username, name: a.user_name, email: a.user_email };
}

/** Accounts that GitLab makes for tokens, for its own bots and for those who are gone. */
const BOT = /^(project|group)_\d+_bot|^service_account_|-bot$|^ghost$/i;

/** An event of an author. Who acts may be another person: then only the id of the author is told. */
function did<Known>(authorId: Maybe<string>, actor: User, make: Maker<Known>, properties: Known): MapResult {
  const isActor = actor.id === authorId;
  if (isActor && BOT.test(actor.username ?? "")) return ignore("done by a bot");
  const who = person({ email: isActor ? claimed(actor.email) : null, ids: [personId("user", authorId)] });
  const profile = isActor ? [identify(who, { name: actor.name, login: actor.username })] : [];
  return [...profile, make(who, properties)];
}

function inside({ project: p }: { readonly project?: z.output<typeof project> }) {
  const level = p?.visibility_level;
  return { repository: p?.path_with_namespace, private: typeof level === "number" ? level < 20 : null };
}

const about = (t: z.output<typeof topic>) => ({ number: t.iid, ...pick(t, "title", "state", "url") });

type Topic = ReturnType<typeof about> & ReturnType<typeof inside>;

/** An event about an issue or a merge request; the person is its author. */
export function onTopic(make: Maker<Topic>) {
  return on(change, (c) => did(c.object_attributes.author_id, c.user, make, { ...inside(c), ...about(c.object_attributes) }));
}

/** An approval; the person is who approved. */
export const onApproved = on(change, (c) =>
  did(c.user.id, c.user, pullRequestReviewed, {
    ...inside(c),
    ...about(c.object_attributes),
    review_state: "approved",
  }),
);

/** A comment on an issue or a merge request. */
export const onNote = on(note, ({ issue, merge_request, ...n }) => {
  const subject = issue ?? merge_request;
  if (n.object_attributes.system) return ignore("written by GitLab itself");
  if (!subject) return ignore("a comment on code");
  const { author_id, url } = n.object_attributes;
  return did(author_id, n.user, issueCommented, { ...inside(n), ...about(subject), url });
});

/** Pushed commits. */
export const onPushed = on(push, (p) => {
  if (/^0+$/.test(p.after ?? "")) return ignore("a deleted branch or tag");
  return did(p.user_id, actorOf(p), codePushed, {
    ...inside(p),
    ref: p.ref,
    commit: p.after,
    commits_count: p.total_commits_count,
  });
});

/** A member of a group. */
export function onMember(make: typeof organizationJoined | typeof organizationLeft) {
  return on(member, (m) =>
    did(m.user_id, actorOf(m), make, {
      organization_id: m.group_id,
      organization_name: m.group_name,
      role: m.group_access,
    }),
  );
}

/** A member of one project. */
export function onCollaborator(make: typeof collaboratorAdded | typeof collaboratorRemoved) {
  return on(member, (m) => did(m.user_id, actorOf(m), make, { repository: m.project_path_with_namespace }));
}
