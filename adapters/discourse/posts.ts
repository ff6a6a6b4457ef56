/**
 * Discourse's members and posts.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  backed,
  decisive,
  each,
  flag,
  id,
  identify,
  ignore,
  integer,
  maybe,
  on,
  person,
  personId,
  pick,
  text,
} from "../../src/contract/adapter.ts";
import { contactCreated, discussionCommented, discussionStarted, type Maker } from "../../src/vocabulary/adapter.ts";

const member = z.looseObject({
  id,
  /** The company's own id, where Discourse signs people in by DiscourseConnect. */
  external_id: decisive(text),
  email: decisive(text),
  ...each(maybe.text, "username", "name", "title"),
  trust_level: maybe.integer,
  created_at: maybe.isoTime,
  ...each(decisive(flag), "staged", "admin", "moderator"),
});

type Member = z.output<typeof member>;

const post = z.object({
  id,
  user_id: decisive(id),
  ...each(decisive(integer), "post_number", "post_type", "version"),
  ...each(maybe.text, "topic_title", "topic_slug", "category_slug"),
  topic_id: maybe.integer,
  topic_archetype: decisive(text),
  staff: decisive(flag),
});

type Post = z.output<typeof post>;

/** An ordinary post; others are notes and steps of moderators. */
const REGULAR = 1;

const personOf = (m: Member) => person({ record: m, email: backed(m.email), ids: [personId("user", m.id)] });

function known(m: Member) {
  const traits = { name: m.name, created_at: m.created_at, ...pick(m, "username", "trust_level") };
  return identify(personOf(m), traits);
}

/** A staged user is who wrote an e-mail, without an account. */
const isOutside = (m: Member) => m.staged || m.admin || m.moderator;

/** A new member. */
export const onNewMember = on(
  member,
  (m): MapResult =>
    isOutside(m)
      ? ignore("staff, or without an account")
      : [known(m), contactCreated(personOf(m), { contact_kind: "forum member" })],
);

/** A member, as the record stands. */
export const onMember = on(member, (m): MapResult => (isOutside(m) ? ignore("staff, or without an account") : known(m)));

const about = (p: Post) => ({ number: p.topic_id, title: p.topic_title, category: p.category_slug });

function wrote(p: Post, make: Maker<ReturnType<typeof about>>): MapResult {
  if (p.topic_archetype === "private_message") return ignore("a private message");
  if (p.staff || Number(p.user_id) < 1) return ignore("by staff");
  if (p.post_type && p.post_type !== REGULAR) return ignore("not an ordinary post");
  return make(person({ ids: [personId("user", p.user_id)] }), about(p));
}

/** A new post: the first of a topic opens it. */
export const onPost = on(post, (p) => {
  if (p.version && p.version > 1) return ignore("an edited post");
  return wrote(p, p.post_number === 1 ? discussionStarted : discussionCommented);
});
