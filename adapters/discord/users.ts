/**
 * Users who authorize the app, and the scopes they grant.
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import { each, id, identify, list, maybe, on, optional, person, personId, text } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import type { DISCORD } from "./plan.schema.ts";

const own = ownEvents<typeof DISCORD>();

/** Maximum number of scopes in an event. */
const MOST_SCOPES = 20;

/** Where an app is installed. @see https://docs.discord.com/developers/resources/application */
const INSTALLED = ["server", "user"];

/** The address is present only if the app asks for the scope `email`. @see https://docs.discord.com/developers/resources/user */
const user = z.object({ id, ...each(maybe.text, "username", "global_name", "locale", "email"), verified: maybe.boolean });

const authorization = z.object({
  user,
  integration_type: maybe.integer,
  scopes: optional(list(text)),
  guild: optional(z.object({ id, name: maybe.text })),
});

/** `verified` means that Discord verified the address. */
function userOf(u: z.output<typeof user>): PersonFacts {
  return person({ email: { value: u.email, trust: u.verified ? "verified" : "claimed" }, ids: [personId("user", u.id)] });
}

/** A user who authorized the app. */
export const onAuthorized = on(authorization, (a) => [
  identify(userOf(a.user), { username: a.user.username, display_name: a.user.global_name, locale: a.user.locale }),
  own("App Authorized")(userOf(a.user), {
    installed_to: INSTALLED[a.integration_type ?? -1],
    scopes: a.scopes?.slice(0, MOST_SCOPES),
    server_id: a.guild?.id,
    server_name: a.guild?.name,
  }),
]);

/** A user who revoked the authorization. */
export const onDeauthorized = on(z.object({ user }), (d) => own("App Deauthorized")(userOf(d.user), {}));
