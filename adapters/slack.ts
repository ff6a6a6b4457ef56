/**
 * Slack (Events API): joins of a workspace and its channels, and members' use of an app.
 *
 * @see https://docs.slack.dev/reference/events
 */
import * as z from "zod";
import { decisive, defineAdapter, each, id, ignoring, off, text, unixSeconds } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { channelJoined, channelLeft, mentioned, messageSent, opened, reactionAdded } from "./slack/activity.ts";
import { certificateCheck, urlVerification } from "./slack/handshakes.ts";
import { memberChanged, memberJoined } from "./slack/members.ts";

const options = z.strictObject({
  team: z
    .string()
    .regex(/^[TE][A-Z0-9]{2,}$/)
    .optional()
    .describe("workspace (`T…`) or organization (`E…`) whose events are accepted; an app has one secret for all that install it"),
});

const callback = z.object({
  type: z.literal("event_callback"),
  event_id: id,
  event_time: unixSeconds,
  ...each(decisive(id), "team_id", "enterprise_id"),
  event: z.looseObject({ type: text }),
});

const rateLimited = z.object({ type: z.literal("app_rate_limited"), team_id: id, minute_rate_limited: unixSeconds });

export default defineAdapter({
  id: "slack",
  name: "Slack",
  givesUp: { hours: 1 },
  secret: {
    format: /^[0-9a-f]{32,64}$/,
    hint: "Signing Secret of the app (Basic Information > App Credentials)",
    demo: "7472696275746172795f64656d6f0001",
  },
  // @see https://docs.slack.dev/authentication/verifying-requests-from-slack
  verify: hmac({
    hash: "SHA-256",
    header: "x-slack-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("v0="),
    timestamp: { header: "x-slack-request-timestamp" },
    message: ({ timestamp, body }) => ["v0:", timestamp, ":", body],
    tolerance: 300,
  }),
  handshakes: [certificateCheck, urlVerification],
  options,
  tenant: { option: "team", required: false },
  people: "known",
  webhook: z.object({ body: z.discriminatedUnion("type", [callback, rateLimited]) }),
  events: ({ body }, { bodyHash }) => {
    if (body.type === "app_rate_limited") {
      const { type, team_id: tenant, minute_rate_limited: occurredAt } = body;
      return [{ id: `${type}:${bodyHash}`, type, occurredAt, test: false, data: null, tenant }];
    }
    const tenant = body.team_id ?? body.enterprise_id;
    const event = { id: body.event_id, type: body.event.type, occurredAt: body.event_time, test: false, data: body.event };
    return [tenant ? { ...event, tenant } : event];
  },
  handlers: {
    team_join: memberJoined,
    user_change: memberChanged,
    ...ignoring("covered by user_change", "user_profile_changed user_status_changed user_huddle_changed"),

    member_joined_channel: channelJoined,
    member_left_channel: channelLeft,
    app_home_opened: opened,
    app_mention: mentioned,
    message: off("one for every message in the app's channels", messageSent),
    reaction_added: off("one for every reaction in the app's channels", reactionAdded),
    ...ignoring("an undone reaction", "reaction_removed"),

    // @see https://github.com/slackapi/node-slack-sdk/tree/main/packages/types/src/events
    ...ignoring(
      "about the app, not a person",
      `app_installed app_requested app_uninstalled app_uninstalled_team app_deleted app_rate_limited tokens_revoked
      function_executed workflow_published workflow_unpublished workflow_deleted workflow_step_deleted`,
    ),
    ...ignoring(
      "about a channel, not a person",
      `channel_created channel_rename channel_archive channel_unarchive channel_deleted channel_left channel_shared
      channel_unshared channel_id_changed channel_history_changed group_rename group_archive group_unarchive group_deleted
      group_left group_open group_close group_history_changed im_created im_open im_close im_history_changed`,
    ),
    ...ignoring(
      "covered by member_joined_channel",
      `shared_channel_invite_requested shared_channel_invite_approved shared_channel_invite_received
      shared_channel_invite_accepted shared_channel_invite_declined`,
    ),
    ...ignoring(
      "about the workspace, not a person",
      `team_rename team_domain_change team_access_granted team_access_revoked email_domain_changed emoji_changed
      grid_migration_started grid_migration_finished subteam_created subteam_updated subteam_members_changed
      subteam_self_added subteam_self_removed`,
    ),
    ...ignoring(
      "work inside the workspace",
      `file_created file_shared file_change file_public file_unshared file_deleted link_shared pin_added pin_removed star_added
      star_removed dnd_updated dnd_updated_user invite_requested call_rejected assistant_thread_started
      assistant_thread_context_changed message_metadata_posted message_metadata_updated message_metadata_deleted`,
    ),
  },
});
