/**
 * Slack (Events API): who joins a workspace and its channels, and what members do with an app.
 *
 * @see https://docs.slack.dev/reference/events
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { identify, ignore, ignoring, type Properties, type Traits, track } from "../src/contract/drafts.ts";
import { type Maybe, type PersonFacts, person, personId } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { answerText, handshake } from "../src/contract/handshake.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";

/** What a member writes; every other subtype is an edit, a notice or a bot's. @see https://docs.slack.dev/reference/events/message */
const WRITTEN: ReadonlySet<string> = new Set(["file_share", "me_message", "thread_broadcast"]);

const { id } = fields;
const text = fields.text.nullish();
const flag = z.boolean().nullish();

/** @see https://docs.slack.dev/reference/objects/user-object */
const user = z.object({
  id,
  deleted: flag,
  is_bot: flag,
  is_email_confirmed: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  tz: text,
  locale: text,
  profile: z.object({
    email: text,
    phone: text,
    real_name: text,
    display_name: text,
    first_name: text,
    last_name: text,
    title: text,
  }),
});

const aboutUser = z.object({ user });

const inChannel = z.object({ user: id, channel: id, channel_type: text, inviter: id.nullish() });

const homeOpened = z.object({ user: id, tab: text });

const mention = z.object({ user: id.nullish(), bot_id: id.nullish(), channel: id, thread_ts: text });

const message = mention.extend({ subtype: text, channel_type: text });

const reaction = z.object({ user: id, reaction: fields.text, item: z.object({ type: text, channel: id.nullish() }) });

const options = z.strictObject({
  /** The only workspace (`T…`) or organisation (`E…`) whose events are taken: an app that is installed in several has one secret for all. */
  team: z
    .string()
    .regex(/^[TE][A-Z0-9]{2,}$/)
    .optional(),
});

const callback = z.object({
  type: z.literal("event_callback"),
  event_id: id,
  event_time: fields.unixSeconds,
  team_id: id.nullish(),
  enterprise_id: id.nullish(),
  event: z.looseObject({ type: fields.text }),
});

const rateLimited = z.object({ type: z.literal("app_rate_limited"), team_id: id, minute_rate_limited: fields.unixSeconds });

export default defineAdapter({
  id: "slack",
  name: "Slack",
  docs: "https://docs.slack.dev/apis/events-api/",
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
  handshakes: [
    // @see https://docs.slack.dev/reference/events/url_verification
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({
        body: z.object({ type: z.literal("url_verification"), challenge: z.string().regex(/^[\w-]{1,255}$/) }),
      }),
      answer: ({ body }) => answerText(body.challenge),
    }),
  ],
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
    team_join: on(aboutUser, ({ user: member }) =>
      member.is_bot
        ? ignore("a bot")
        : [identify(memberOf(member), traitsOf(member)), track(memberOf(member), "Workspace Joined", { guest: isGuest(member) })],
    ),
    user_change: on(aboutUser, ({ user: member }) =>
      member.is_bot ? ignore("a bot") : identify(memberOf(member), traitsOf(member)),
    ),
    ...ignoring("user_change says it", "user_profile_changed user_status_changed user_huddle_changed"),

    member_joined_channel: on(inChannel, ({ inviter, ...e }) =>
      track(known(e.user), "Channel Joined", { ...placeOf(e), invited: Boolean(inviter) }),
    ),
    member_left_channel: on(inChannel, (e) => track(known(e.user), "Channel Left", placeOf(e))),

    app_home_opened: on(homeOpened, (e) => track(known(e.user), "App Home Opened", { tab: e.tab })),
    app_mention: on(mention, (e) => written("App Mentioned", e)),
    message: off(
      "one for each message of every channel that the app is in",
      on(message, ({ subtype, ...e }) =>
        subtype && !WRITTEN.has(subtype) ? ignore("not written by a member") : written("Message Sent", e),
      ),
    ),
    reaction_added: off(
      "one for each reaction in every channel that the app is in",
      on(reaction, ({ item, ...e }) =>
        track(known(e.user), "Reaction Added", { reaction: e.reaction, item_type: item.type, channel_id: item.channel }),
      ),
    ),
    ...ignoring("what was done is undone, which says nothing", "reaction_removed"),

    ...ignoring("about the app, not a person", "app_uninstalled tokens_revoked app_rate_limited"),
    ...ignoring(
      "about a channel, not a person",
      `channel_created channel_rename channel_archive channel_unarchive channel_deleted`,
    ),
  },
  habits: {
    timeoutSeconds: 3,
    // @see https://docs.slack.dev/apis/events-api/#retries
    retries: "three times: at once, after 1 minute and after 5 minutes",
    givesUp:
      "more than 95% of the deliveries of 60 minutes fail: the app's subscriptions are turned off, and its owner gets an e-mail",
    setup: [
      "Open the app at api.slack.com/apis, or create one, and store the Signing Secret from Basic Information as the source's secret.",
      "Under Event Subscriptions turn Enable Events on and enter the URL of this source: Slack verifies it at once.",
      "Under Subscribe to bot events add team_join, user_change, member_joined_channel, member_left_channel and app_home_opened, and save.",
      "E-mail addresses arrive only with the scopes users:read and users:read.email: add them under OAuth & Permissions and reinstall the app.",
      'An app that is installed in several workspaces signs for all of them: set team = "T…" to take only one.',
    ],
  },
});

type User = z.output<typeof user>;

/** Slack lets nobody in without a link sent to the address; only what it says so of is verified. */
function memberOf(u: User): PersonFacts {
  const { email, phone } = u.profile;
  return person({
    email: { value: email, trust: u.is_email_confirmed ? "verified" : "claimed" },
    phone,
    ids: [personId("user", u.id)],
  });
}

/** A member of whom an event says only the id. */
function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

function traitsOf(u: User): Traits {
  const { real_name: name, first_name, last_name, display_name, title } = u.profile;
  return {
    ...{ name, first_name, last_name, display_name, title },
    timezone: u.tz,
    locale: u.locale,
    guest: isGuest(u),
    deactivated: u.deleted,
  };
}

function isGuest(u: User): boolean {
  return u.is_restricted === true || u.is_ultra_restricted === true;
}

function placeOf(e: { readonly channel: string; readonly channel_type?: Maybe<string> }): Properties {
  return { channel_id: e.channel, channel_type: e.channel_type };
}

/** The text itself is left where it was written. */
function written(
  event: string,
  e: Omit<z.output<typeof message>, "subtype" | "channel_type"> & { channel_type?: Maybe<string> },
): MapResult {
  return e.bot_id || !e.user ? ignore("a bot") : track(known(e.user), event, { ...placeOf(e), in_thread: Boolean(e.thread_ts) });
}
