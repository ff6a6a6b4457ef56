/**
 * Discord (webhook events of an app): who authorizes it, and what they buy in it.
 *
 * @see https://docs.discord.com/developers/events/webhook-events
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/define.ts";
import { identify, ignore, ignoring, type Traits, track } from "../src/contract/drafts.ts";
import { type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { handshake } from "../src/contract/handshake.ts";
import { asymmetric } from "../src/contract/verify/asymmetric.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** Scopes listed in one event at the most. */
const MOST_SCOPES = 20;

/** Where an app is installed. @see https://docs.discord.com/developers/resources/application */
const INSTALLED = new Map([
  [0, "server"],
  [1, "user"],
]);

/** How an entitlement came about. @see https://docs.discord.com/developers/resources/entitlement */
const ENTITLEMENTS = new Map([
  [1, "purchase"],
  [2, "premium_subscription"],
  [3, "developer_gift"],
  [4, "test_mode_purchase"],
  [5, "free_purchase"],
  [6, "user_gift"],
  [7, "premium_purchase"],
  [8, "application_subscription"],
]);

const TEST_MODE_PURCHASE = 4;

const { id } = fields;
const text = fields.text.nullish();
const optionalId = id.nullish();

/** Discord's times are in UTC; those of webhook events leave that out. */
const time = z
  .string()
  .transform((value) => (/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`))
  .pipe(fields.isoTime);

/** With an address only where the app asks for the scope `email`. @see https://docs.discord.com/developers/resources/user */
const user = z.object({
  id,
  username: text,
  global_name: text,
  locale: text,
  email: text,
  verified: z.boolean().nullish(),
});

const authorization = z.object({
  user,
  integration_type: fields.integer.nullish(),
  scopes: z.array(fields.text).nullish(),
  guild: z.object({ id, name: text }).nullish(),
});

const deauthorization = z.object({ user });

const entitlement = z.object({
  id,
  sku_id: id,
  type: fields.integer,
  user_id: optionalId,
  guild_id: optionalId,
  starts_at: time.nullish(),
  ends_at: time.nullish(),
  consumed: z.boolean().nullish(),
});

const testPurchase = z.object({ sku_id: id, type: z.literal(TEST_MODE_PURCHASE) });

export default defineAdapter({
  id: "discord",
  name: "Discord",
  docs: "https://docs.discord.com/developers/events/webhook-events",
  secret: {
    format: /^[0-9a-f]{64}$/,
    hint: "Public Key of the app (General Information); not the bot's token and not the client secret",
    demo: "891ce3163457f0ff5259f8c897cfb6b9f62bfe2aeeb9ee4b648dad086c09ea2a",
  },
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
    // Retries go on for ten minutes, and nothing says that they are signed anew.
    tolerance: 15 * 60,
  }),
  handshakes: [
    // A 204 needs a content type, too.
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({ body: z.object({ type: z.literal(0) }) }),
      answer: () => ({ status: 204, body: "", contentType: "application/json" }),
    }),
  ],
  people: "known",
  webhook: z.object({
    body: z.object({
      type: z.literal(1),
      event: z.object({ type: fields.text, timestamp: time, data: z.looseObject({}).nullish() }),
    }),
  }),
  events: ({ body: { event } }, { bodyHash }) => [
    {
      id: `${event.type}:${bodyHash}`,
      type: event.type,
      occurredAt: event.timestamp,
      test: testPurchase.safeParse(event.data).success,
      data: event.data,
    },
  ],
  handlers: {
    APPLICATION_AUTHORIZED: on(authorization, (a) => [
      identify(userOf(a.user), traitsOf(a.user)),
      track(userOf(a.user), "App Authorized", {
        installed_to: INSTALLED.get(a.integration_type ?? -1),
        scopes: a.scopes?.slice(0, MOST_SCOPES),
        server_id: a.guild?.id,
        server_name: a.guild?.name,
      }),
    ]),
    APPLICATION_DEAUTHORIZED: on(deauthorization, (d) => track(userOf(d.user), "App Deauthorized")),

    ENTITLEMENT_CREATE: onEntitlement("Entitlement Granted"),
    ENTITLEMENT_UPDATE: onEntitlement("Entitlement Updated"),
    ENTITLEMENT_DELETE: onEntitlement("Entitlement Removed"),

    QUEST_USER_ENROLLMENT: ignore("Discord does not send it to apps yet"),
    ...ignoring(
      "a conversation between players",
      `LOBBY_MESSAGE_CREATE LOBBY_MESSAGE_UPDATE LOBBY_MESSAGE_DELETE GAME_DIRECT_MESSAGE_CREATE GAME_DIRECT_MESSAGE_UPDATE
      GAME_DIRECT_MESSAGE_DELETE`,
    ),
  },
  habits: {
    timeoutSeconds: 3,
    retries: "several times, ever less often, for 10 minutes",
    givesUp:
      "too many failures stop the events; an invalid signature that is not refused removes the URL. Both are told by e-mail",
    setup: [
      "Open the app in the Developer Portal and copy its Public Key from General Information: it is the source's secret.",
      "Under Webhooks enter the URL of this source as Endpoint URL: Discord sends a PING, and a wrong signature, at once.",
      "Turn Events on, choose Application Authorized, Application Deauthorized and the entitlement events, and save.",
      "An address comes along only where the app asks for the scope email.",
    ],
  },
});

type User = z.output<typeof user>;

/** `verified` says that Discord had the address confirmed. */
function userOf(u: User): PersonFacts {
  return person({ email: { value: u.email, trust: u.verified ? "verified" : "claimed" }, ids: [personId("user", u.id)] });
}

function traitsOf(u: User): Traits {
  return { username: u.username, display_name: u.global_name, locale: u.locale };
}

/** What a server bought belongs to no person. */
function onEntitlement(event: string) {
  return on(entitlement, (e) =>
    track(person({ ids: [personId("user", e.user_id), reference("entitlement", e.id)] }), event, {
      entitlement_id: e.id,
      sku_id: e.sku_id,
      kind: ENTITLEMENTS.get(e.type),
      server_id: e.guild_id,
      starts_at: e.starts_at,
      ends_at: e.ends_at,
      consumed: e.consumed,
    }),
  );
}
