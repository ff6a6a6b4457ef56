/**
 * Discourse: members of a forum and what they write.
 *
 * The event's name is in an unsigned header, and the bodies of many events look the same. So the header is not read: a body tells what it shows,
 * each fact under an id of its own that counts once. Nobody is deleted: a deletion looks like any other change.
 *
 * @see https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events-to-integrate-with-external-services/49045
 */
import * as z from "zod";
import { defineAdapter, id, ignore, maybe, optional } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { onMember, onNewMember, onPost } from "./discourse/posts.ts";

const record = optional(z.looseObject({ id, created_at: maybe.isoTime }));

/** Milliseconds for which a member is new. */
const NEW = 3_600_000;

export default defineAdapter({
  id: "discourse",
  name: "Discourse",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_discourse_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-discourse-event-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  userIdFrom: ["external_id"],
  webhook: z.object({ body: z.object({ user: record, post: record }) }),
  events: ({ body: { user, post } }, { bodyHash, receivedAt }) => {
    const event = { occurredAt: receivedAt, test: false };
    if (user) {
      const at = user.created_at ?? "";
      const isNew = Date.parse(receivedAt) - Date.parse(at) < NEW;
      return isNew
        ? [{ ...event, id: `user_created:${user.id}`, type: "user_created", occurredAt: at, data: user }]
        : [{ ...event, id: `user_updated:${bodyHash}`, type: "user_updated", data: user }];
    }
    if (!post) return [{ ...event, id: bodyHash, type: "other", data: null }];
    return [
      { ...event, id: `post_created:${post.id}`, type: "post_created", occurredAt: post.created_at ?? receivedAt, data: post },
    ];
  },
  handlers: {
    user_created: onNewMember,
    user_updated: onMember,
    post_created: onPost,
  },
  // Topics, which their first posts tell, groups, reviews, pings.
  otherwise: ignore("neither a member nor a post"),
});
