/**
 * What members do in Slack: the channels that they join and leave, and what they write there.
 */
import * as z from "zod";
import type { MapResult, Properties } from "../../src/contract/adapter.ts";
import { decisive, each, id, ignore, maybe, on, text, track } from "../../src/contract/adapter.ts";
import { known } from "./members.ts";

/** What a member writes; every other subtype is an edit, a notice or a bot's. @see https://docs.slack.dev/reference/events/message */
const WRITTEN: ReadonlySet<string> = new Set(["file_share", "me_message", "thread_broadcast"]);

const place = z.object({ channel: id, channel_type: maybe.text });

const inChannel = place.extend({ user: id, inviter: maybe.id });

const message = place.extend({
  ...each(decisive(id), "user", "bot_id"),
  subtype: decisive(text),
  thread_ts: maybe.text,
});

const reaction = z.object({ user: id, reaction: text, item: z.object({ type: maybe.text, channel: maybe.id }) });

/** Somebody came into a channel, alone or invited. */
export const channelJoined = on(inChannel, (e) =>
  track(known(e.user), "Channel Joined", { ...placeOf(e), invited: Boolean(e.inviter) }),
);

/** Somebody left a channel. */
export const channelLeft = on(inChannel, (e) => track(known(e.user), "Channel Left", placeOf(e)));

/** Somebody spoke to the app. */
export const mentioned = on(message, (m) => written("App Mentioned", m));

/** Somebody wrote a message, which is not everything that Slack calls one. */
export const messageSent = on(message, (m) =>
  m.subtype && !WRITTEN.has(m.subtype) ? ignore("not written by a member") : written("Message Sent", m),
);

/** Somebody put a reaction on a message or a file. */
export const reactionAdded = on(reaction, ({ user, reaction, item }) =>
  track(known(user), "Reaction Added", { reaction, item_type: item.type, channel_id: item.channel }),
);

function placeOf(p: z.output<typeof place>): Properties {
  return { channel_id: p.channel, channel_type: p.channel_type };
}

/** The text itself is left where it was written. */
function written(event: string, m: z.output<typeof message>): MapResult {
  return m.bot_id || !m.user ? ignore("a bot") : track(known(m.user), event, { ...placeOf(m), in_thread: Boolean(m.thread_ts) });
}
