/**
 * Members' activity in Slack: channels, messages and reactions.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import { decisive, each, id, ignore, maybe, on, text } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { known } from "./members.ts";
import type { SLACK } from "./plan.schema.ts";

const own = ownEvents<typeof SLACK>();

/** A member's message; other subtypes are edits, notices and bots. @see https://docs.slack.dev/reference/events/message */
const WRITTEN: ReadonlySet<string> = new Set(["file_share", "me_message", "thread_broadcast"]);

const place = z.object({ channel: id, channel_type: maybe.text });

const homeOpened = z.object({ user: id, tab: maybe.text });

const inChannel = place.extend({ user: id, inviter: maybe.id });

const message = place.extend({
  ...each(decisive(id), "user", "bot_id"),
  subtype: decisive(text),
  thread_ts: maybe.text,
});

const reaction = z.object({ user: id, reaction: text, item: z.object({ type: maybe.text, channel: maybe.id }) });

/** A member joined a channel. */
export const channelJoined = on(inChannel, (e) =>
  own("Channel Joined")(known(e.user), { ...placeOf(e), invited: Boolean(e.inviter) }),
);

/** A member left a channel. */
export const channelLeft = on(inChannel, (e) => own("Channel Left")(known(e.user), placeOf(e)));

/** A member opened the app's home. */
export const opened = on(homeOpened, (e) => own("App Home Opened")(known(e.user), { tab: e.tab }));

/** A member mentioned the app. */
export const mentioned = on(message, (m) => written("App Mentioned", m));

/** A member's message; Slack has other kinds of messages. */
export const messageSent = on(message, (m) =>
  m.subtype && !WRITTEN.has(m.subtype) ? ignore("not written by a member") : written("Message Sent", m),
);

/** A reaction to a message or a file. */
export const reactionAdded = on(reaction, ({ user, reaction, item }) =>
  own("Reaction Added")(known(user), { reaction, item_type: item.type, channel_id: item.channel }),
);

function placeOf(p: z.output<typeof place>) {
  return { channel_id: p.channel, channel_type: p.channel_type };
}

/** The text of messages is not passed on. */
function written(event: "App Mentioned" | "Message Sent", m: z.output<typeof message>): MapResult {
  return m.bot_id || !m.user ? ignore("a bot") : own(event)(known(m.user), { ...placeOf(m), in_thread: Boolean(m.thread_ts) });
}
