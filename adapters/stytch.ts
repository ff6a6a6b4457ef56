/**
 * Stytch: users of consumer projects, members of organizations of B2B projects.
 *
 * Every change sends the whole record, a deletion only the id. Sign-ins have no webhook.
 *
 * @see https://stytch.com/docs/workspace-management/webhooks
 */
import * as z from "zod";
import { defineAdapter, id, ignore, isoTime, text } from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import { changedMember, deletedMember, newMember } from "./stytch/members.ts";
import { changedUser, deletedUser, newUser } from "./stytch/users.ts";

export default defineAdapter({
  id: "stytch",
  name: "Stytch",
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook endpoint (whsec_…)",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fc3R5dGNoX3NlY3JldF8wMTIz",
  },
  // Sent through Svix.
  verify: standardWebhooks({ prefix: "svix-" }),
  webhook: z.object({
    body: z.looseObject({ project_id: text, event_id: id, action: text, object_type: text, id, timestamp: isoTime }),
  }),
  events: ({ body: { event_id, timestamp: occurredAt, ...data } }) => [
    {
      id: event_id,
      type: `${data.object_type}.${data.action}`.toLowerCase(),
      occurredAt,
      test: data.project_id.startsWith("project-test-"),
      data,
    },
  ],
  isUserDirectory: true,
  userIdFrom: ["external_id", "user_id", "member_id"],
  handlers: {
    "user.create": newUser,
    "user.update": changedUser,
    "user.delete": deletedUser,
    "member.create": newMember,
    "member.update": changedMember,
    "member.delete": deletedMember,
  },
  // Organizations and their connections.
  otherwise: ignore("names no person"),
});
