/**
 * What an operator may do with vendor events: find them, look at one, replay them.
 */
import * as z from "zod";
import { counted } from "../../contract/counted.ts";
import { defineOperation, done, refused } from "../operation.ts";
import { attemptsSchema } from "../outbox/trail.ts";
import { wholeNumber } from "../page.ts";
import { findEvents } from "./find.ts";
import { findById } from "./find-by-id.ts";
import { findByPerson } from "./find-by-person.ts";
import { carryOut, planReplay } from "./replay.ts";
import { eventQuery, eventSchema, toAnswer } from "./schemas.ts";
import { bodyOf, showEvent } from "./show.ts";
import { timelineOf, timelineSchema } from "./timeline.ts";

/** Events of one replay. */
const MOST_REPLAYED = 500;

const FILTERS =
  "Each at most once: id, source, type, state, person, from, to (milliseconds since 1970 or ISO 8601), text (2 to 200 characters), limit (1 to 100), cursor (as the page before gave it).";

const UNUSABLE = { error: "unusable", message: "The account cannot be read." };

/** Vendor events of the retention, newest first. */
export const listEvents = defineOperation({
  method: "GET",
  path: "/events",
  summary:
    "Lists vendor events that match every filter, newest first. A page may hold fewer events than asked for, or none, while the search goes on at next.",
  input: eventQuery,
  output: () =>
    z.object({
      events: z.array(eventSchema()),
      /** The cursor of the next page; `null` after the last. */
      next: z.string().nullable(),
      /** How far this page looked: everything since then, milliseconds since 1970; `null` if that is everything, or an earlier release answers. */
      searchedTo: z.number().nullable().default(null),
    }),
  refusals: { malformed: { error: "bad_query", message: FILTERS }, unusable: UNUSABLE },
  run: async ({ account, configured }, query) => {
    const found = await configured();
    if (query.cursor !== undefined && query.cursor.startsWith("p") !== (query.person !== undefined)) return refused("malformed");
    if (query.person === undefined) {
      const { id } = query;
      const { events, ...rest } = await (id === undefined
        ? findEvents(account, found, query)
        : findById(account, found, id, query));
      return done({ events: events.map(toAnswer), ...rest });
    }
    if (found === null) return refused("unusable");
    const { events, ...rest } = findByPerson(account, found, query.person, query);
    return done({ events: events.map(toAnswer), ...rest });
  },
});

/** One vendor event whole. */
export const showOneEvent = defineOperation({
  method: "GET",
  path: "/events/:source/:id",
  summary:
    "Shows one vendor event whole: its webhook, what the adapter makes of it, who it is about and why, what was sent, and when.",
  input: z.strictObject({
    source: z.string().max(32),
    id: z.string().min(1).max(1_000),
    /** Which one of its history; the one that was kept last unless it is given. */
    webhook: wholeNumber.optional(),
  }),
  output: () =>
    z.object({
      event: eventSchema(),
      /** Everything with the same id, newest first: replays, and the same event before them. */
      history: z.array(eventSchema()),
      timeline: z.array(timelineSchema()),
      /** As it was kept: without signatures and secrets. `null` where only a line was kept. */
      webhook: z
        .object({
          number: z.number(),
          receivedAt: z.number(),
          /** When it was stored. */
          keptAt: z.number().nullable(),
          /** The secret that verified it, counted from 1, and how many the source had. */
          verified: z.object({ secret: z.number(), of: z.number() }).nullable(),
          headers: z.record(z.string(), z.string()),
          query: z.record(z.string(), z.string()),
          bytes: z.number(),
          body: z.base64(),
          /** All events in it that were kept. */
          events: z.array(z.object({ id: z.string(), type: z.string() })),
        })
        .nullable(),
      /** What the adapter of today makes of it, before anything is known of the person. */
      mapped: z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("drafts"), drafts: z.array(z.record(z.string(), z.unknown())) }),
        z.object({ kind: z.literal("ignored"), reason: z.string() }),
        z.object({ kind: z.literal("failed"), reason: z.string() }),
      ]),
      /** What was sent, or will be: each call as its JSON text. */
      calls: z.array(z.object({ text: z.string(), bytes: z.number() })),
      batch: z
        .object({
          number: z.number(),
          sealedAt: z.number(),
          events: z.number(),
          calls: z.number(),
          bytes: z.number(),
          /** Other events in it, at most 20. */
          neighbours: z.array(z.object({ source: z.string(), id: z.string(), type: z.string() })),
          /** The first request with it, and the last ones. */
          attempts: attemptsSchema,
        })
        .nullable(),
    }),
  refusals: {
    malformed: { error: "bad_query", message: "webhook, alone: the number of one of the event's webhooks." },
    absent: { error: "not_found", message: "The log has no such event: it may be older than the retention, or was erased." },
  },
  run: async ({ account, configured }, { source, id, webhook: seq = null }) => {
    const shown = await showEvent(account, await configured(), source, id, seq);
    if (shown === null) return refused("absent");
    const { event, history, webhook, mapped, calls, batch } = shown;
    const { keptAt = null, verified = null } = webhook?.notes ?? {};
    return done({
      event: toAnswer(event),
      history: history.map(toAnswer),
      timeline: timelineOf(shown),
      webhook: webhook && {
        number: webhook.seq,
        receivedAt: webhook.receivedAt,
        keptAt,
        verified: verified && { secret: verified[0], of: verified[1] },
        headers: webhook.headers,
        query: webhook.query,
        bytes: webhook.body.byteLength,
        body: bodyOf(webhook),
        events: webhook.events.map(({ id: name, type }) => ({ id: name, type })),
      },
      mapped:
        mapped.kind === "drafts" ? { kind: "drafts" as const, drafts: mapped.drafts.map((draft) => ({ ...draft })) } : mapped,
      calls,
      batch,
    });
  },
});

const replaySchema = z.strictObject({
  events: z
    .array(z.strictObject({ source: z.string().max(32), id: z.string().min(1).max(1_000) }))
    .min(1)
    .max(MOST_REPLAYED),
  /** Says that events younger than 72 hours may start automations once more. */
  may_trigger: z.boolean().default(false),
  /** Only says what would happen. */
  dry_run: z.boolean().default(false),
});

/** Sends events once more. */
export const replayEvents = defineOperation({
  method: "POST",
  path: "/events/replay",
  summary:
    "Puts events back at the end of the inbox, whatever became of them; they are translated with today's adapters and sent again with the same messageIds.",
  limit: 1024 * 1024,
  input: replaySchema,
  output: () =>
    z.object({
      /** How many went back; 0 in a dry run. */
      replayed: z.number(),
      /** How many can be replayed, and how many of them are younger than 72 hours: those may start automations once more. */
      replayable: z.number(),
      may_trigger: z.number(),
      /** `not_kept`: only a line of it is left. `not_finished`: it is on its way. */
      refused: z.array(z.object({ source: z.string(), id: z.string(), reason: z.enum(["absent", "not_kept", "not_finished"]) })),
    }),
  changes: ({ replayed }) => replayed,
  refusals: {
    malformed: {
      error: "bad_replay",
      message: `Send application/json: { "events": [{ "source", "id" }] }, at most ${MOST_REPLAYED}, with may_trigger: true if some are younger than 72 hours; dry_run: true only counts.`,
    },
    conflict: { problem: "How many events are too young to be replayed without may_trigger." },
  },
  run: async ({ account, wake }, { events, may_trigger: mayTrigger, dry_run: isDry }) => {
    const plan = planReplay(account, events);
    if (plan.mayTrigger > 0 && !mayTrigger && !isDry) {
      const count = `${plan.mayTrigger} of ${counted(plan.events.length, "event")}`;
      return refused(
        "conflict",
        `${count} happened within the last 72 hours: sent again, they may start automations in Customer.io once more. Say may_trigger: true to replay them.`,
      );
    }
    const replayed = isDry ? 0 : carryOut(account, plan);
    if (replayed > 0) wake();
    return done({ replayed, replayable: plan.events.length, may_trigger: plan.mayTrigger, refused: plan.refused });
  },
});
