/**
 * Slack and the tracking plan: a workspace is a community or a customer's, not a help desk, so its events are in no family.
 */
import { adapterPlan, event, family, flag, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const channel = {
  channel_id: text("id of the channel"),
  channel_type: text("kind of channel, in Slack's words"),
};

const message = { ...channel, in_thread: flag("whether it was written in a thread") };

/** Events that Slack alone has. */
export const SLACK = family("Slack", "Events that Slack alone has.", {
  "Workspace Joined": event({
    when: "A person became a member of the workspace.",
    optional: { guest: flag("whether they are a guest") },
    example: { guest: false },
  }),
  "Channel Joined": event({
    when: "A member joined a channel.",
    optional: { ...channel, invited: flag("whether another member invited them") },
    example: { channel_id: "C1", invited: true },
  }),
  "Channel Left": event({ when: "A member left a channel.", optional: channel, example: { channel_id: "C1" } }),
  "App Home Opened": event({
    when: "A member opened the app's home.",
    optional: { tab: text("the tab: `home` or `messages`") },
    example: { tab: "home" },
  }),
  "App Mentioned": event({
    when: "A member mentioned the app in a message.",
    optional: message,
    example: { channel_id: "C1", in_thread: false },
  }),
  "Message Sent": event({
    when: "A member wrote a message in a channel that the app is in.",
    optional: message,
    example: { channel_id: "C1", in_thread: false },
  }),
  "Reaction Added": event({
    when: "A member reacted to a message or a file.",
    optional: {
      channel_id: text("id of the channel"),
      reaction: text("name of the emoji"),
      item_type: text("what they reacted to"),
    },
    example: { channel_id: "C1", reaction: "thumbsup", item_type: "message" },
  }),
});

export default adapterPlan({ families: [], own: SLACK });
