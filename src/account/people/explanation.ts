/**
 * What an operator is told of a person that the book knows, as the API answers it.
 */
import * as z from "zod";
import { STEPS } from "../../identity/resolve.ts";
import { conflictSchema } from "./conflict-operations.ts";

const trust = z.enum(["verified", "claimed"]);

/** Milliseconds since 1970. */
const time = z.number();

/** Where an id leads, and which event taught it. `to` is `null` where so many people share the id that it leads to none. */
const linkSchema = () => z.object({ to: z.string().nullable(), trust, at: time, by: z.string().nullable() });

const idSchema = () =>
  z.object({
    /** `<source>:<kind>:<id>`. */
    id: z.string(),
    role: z.enum(["person", "reference"]),
    user: linkSchema().nullable(),
    email: linkSchema().nullable(),
    /** For a reference: the id of the person that it was seen with. */
    person: linkSchema().nullable(),
    /** Further ids of the same person, as the vendor stated them together. */
    tied: z.array(z.string()),
  });

const addressSchema = () =>
  z.object({
    address: z.string(),
    /** `user`: it leads to this user. `none`: it is a person of its own. `shared`: it leads to nobody. */
    holder: z.enum(["user", "none", "shared"]),
    userId: z.string().nullable(),
    since: time,
    /** The users that verified facts stated with it, and the events that did. */
    users: z.array(z.object({ userId: z.string(), at: time, by: z.string().nullable() })),
    /** An operator's decision, which facts do not change; the user is `null` where it belongs to none. */
    decided: z.object({ userId: z.string().nullable(), at: time }).nullable(),
  });

const profileSchema = () =>
  z.object({
    /** The user id, the address, or the anonymous id. */
    name: z.string(),
    kind: z.enum(["user", "email", "anonymous"]),
    /** Whether calls about it were made: Customer.io knows it. */
    left: z.boolean(),
    /** Whether a verified fact made the person known. */
    verified: z.boolean(),
    /** The identifier under which the person goes on. */
    into: z.string().nullable(),
    /** People in Customer.io who are the same person: open conflicts. */
    apart: z.array(z.string()),
    /** Anonymous ids under which events left before the person was known. */
    strays: z.array(z.string()),
    /** `gone`: deleted in Customer.io too; later events about them are ignored. */
    deleted: z.object({ at: time, source: z.string(), gone: z.boolean() }).nullable(),
    addresses: z.array(z.object({ address: z.string(), source: z.string(), at: time, by: z.string().nullable() })),
    /** By the adapter's names. `origin` is the vendor's id that stated it, or the source with its trust. */
    traits: z.array(
      z.object({ name: z.string(), value: z.unknown(), source: z.string(), origin: z.string(), trusted: z.boolean(), at: time }),
    ),
    choices: z.array(z.object({ source: z.string(), channel: z.string(), topic: z.string(), state: z.string(), at: time })),
    /** `final`: no opt-in lifts it. `acts`: it switches the channel off. */
    optOuts: z.array(z.object({ channel: z.string(), at: time, acts: z.boolean(), final: z.boolean() })),
    optIns: z.array(z.object({ channel: z.string(), origin: z.string(), at: time })),
    /** Facts about things of the person, such as subscriptions: `<source>/<kind>/<id>`. */
    states: z.array(z.object({ of: z.string(), name: z.string(), value: z.unknown(), at: z.string() })),
    /** What Customer.io was told, or will be told with the next event; empty for an anonymous id. */
    attributes: z.record(z.string(), z.unknown()),
  });

/** What the book knows of a person, and where an event that names them goes. */
export const explanationSchema = () =>
  z.object({
    name: z.string(),
    /** How the name was read. */
    readAs: z.enum(["user", "email", "person", "reference"]),
    /** Where an event with this name alone goes; `null` where it names no one. */
    goesTo: z
      .object({ step: z.enum(STEPS), identifier: z.string(), anonymous: z.boolean(), trust, known: z.boolean() })
      .nullable(),
    /** The person was erased: events with this name are ignored. */
    erased: z.boolean(),
    /** Events that wait for the person. */
    waiting: z.number(),
    /** Whether ids may be missing: the book is too large to search while webhooks wait. */
    incomplete: z.boolean(),
    ids: z.array(idSchema()),
    addresses: z.array(addressSchema()),
    profiles: z.array(profileSchema()),
    conflicts: z.array(conflictSchema()),
  });

/** What the book knows of a person. */
export type Explanation = z.output<ReturnType<typeof explanationSchema>>;
export type ExplainedId = z.output<ReturnType<typeof idSchema>>;
export type ExplainedAddress = z.output<ReturnType<typeof addressSchema>>;
export type ExplainedProfile = z.output<ReturnType<typeof profileSchema>>;
