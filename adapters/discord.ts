/**
 * Discord (webhook events of an app): who authorizes it, and what they buy in it.
 *
 * @see https://docs.discord.com/developers/events/webhook-events
 */
import * as z from "zod";
import {
  defineAdapter,
  each,
  handshake,
  id,
  ignore,
  ignoring,
  integer,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
} from "../src/contract/adapter.ts";
import { bare } from "../src/contract/verify.ts";
import { asymmetric } from "../src/contract/verify-public-key.ts";
import { ownEvents } from "../src/vocabulary/adapter.ts";
import type { DISCORD } from "./discord/plan.schema.ts";
import { onAuthorized, onDeauthorized } from "./discord/users.ts";

const own = ownEvents<typeof DISCORD>();

/** Origins of an entitlement, numbered from 1. @see https://docs.discord.com/developers/resources/entitlement */
const ENTITLEMENTS = `purchase premium_subscription developer_gift test_mode_purchase free_purchase user_gift premium_purchase
  application_subscription`.split(/\s+/);

/** Discord's times are in UTC, but webhook events have no zone. */
const time = z
  .string()
  .transform((value) => (/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`))
  .pipe(isoTime);

const entitlement = z.object({
  ...each(id, "id", "sku_id"),
  type: integer,
  ...each(maybe.id, "user_id", "guild_id"),
  ...each(optional(time), "starts_at", "ends_at"),
  consumed: maybe.boolean,
});

/** A free test purchase by a member of the app's team. */
const testPurchase = z.object({ sku_id: id, type: z.literal(ENTITLEMENTS.indexOf("test_mode_purchase") + 1) });

export default defineAdapter({
  id: "discord",
  name: "Discord",
  secret: {
    format: /^[0-9a-f]{64}$/,
    hint: "Public Key of the app (General Information); not the bot token or the client secret",
    demo: "891ce3163457f0ff5259f8c897cfb6b9f62bfe2aeeb9ee4b648dad086c09ea2a",
  },
  // Events are a few KB, and Ed25519 verifies large bodies slowly.
  bodyLimit: 256 * 1024,
  // @see https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers
  verify: asymmetric({
    algorithm: "Ed25519",
    key: "hex",
    header: "x-signature-ed25519",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-signature-timestamp" },
    message: ({ timestamp, body }) => [timestamp, body],
    // Retries go on for ten minutes; whether they are signed again is not documented.
    tolerance: 15 * 60,
  }),
  handshakes: [
    // Discord requires a content type on a 204, too.
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({ body: z.object({ type: z.literal(0) }) }),
      answer: () => ({ status: 204, body: "", contentType: "application/json" }),
    }),
  ],
  people: "known",
  webhook: z.object({
    body: z.object({ type: z.literal(1), event: z.object({ type: text, timestamp: time, data: optional(z.looseObject({})) }) }),
  }),
  events: ({ body: { event } }, { bodyHash }) => {
    const { type, timestamp: occurredAt, data } = event;
    return [{ id: `${type}:${bodyHash}`, type, occurredAt, test: testPurchase.safeParse(data).success, data }];
  },
  handlers: {
    APPLICATION_AUTHORIZED: onAuthorized,
    APPLICATION_DEAUTHORIZED: onDeauthorized,

    ENTITLEMENT_CREATE: onEntitlement("Entitlement Granted"),
    ENTITLEMENT_UPDATE: onEntitlement("Entitlement Updated"),
    ENTITLEMENT_DELETE: onEntitlement("Entitlement Removed"),

    QUEST_USER_ENROLLMENT: ignore("not sent to apps by Discord yet"),
    ...ignoring(
      "a conversation between players",
      `LOBBY_MESSAGE_CREATE LOBBY_MESSAGE_UPDATE LOBBY_MESSAGE_DELETE GAME_DIRECT_MESSAGE_CREATE GAME_DIRECT_MESSAGE_UPDATE
      GAME_DIRECT_MESSAGE_DELETE`,
    ),
  },
});

/** A server's entitlement names no person. */
function onEntitlement(event: "Entitlement Granted" | "Entitlement Updated" | "Entitlement Removed") {
  return on(entitlement, (e) =>
    own(event)(person({ ids: [personId("user", e.user_id), reference("entitlement", e.id)] }), {
      entitlement_id: e.id,
      sku_id: e.sku_id,
      kind: ENTITLEMENTS[e.type - 1],
      server_id: e.guild_id,
      ...pick(e, "starts_at", "ends_at", "consumed"),
    }),
  );
}
