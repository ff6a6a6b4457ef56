/**
 * Klaviyo's events: profile, message and client.
 */
import * as z from "zod";
import type { Lookup, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, each, firstStated, id, identify, list, maybe, optional, person, personId } from "../../src/contract/adapter.ts";
import { customFields } from "../../src/vocabulary/adapter.ts";

const profile = z.object({
  id,
  attributes: z.looseObject({
    ...each(maybe.text, "email", "phone_number", "external_id", "first_name", "last_name", "locale"),
    created: maybe.isoTime,
    location: optional(z.object({ timezone: maybe.text })),
    properties: optional(z.looseObject({})),
  }),
});

type Profile = z.output<typeof profile>;

/** An event as the API gives it. @see https://developers.klaviyo.com/en/reference/get_event */
export const event = z
  .object({
    data: z.object({
      attributes: z.object({
        event_properties: optional(
          z.looseObject({
            ...each(maybe.text, "Subject", "Campaign Name", "URL", "Bounce Type", "Client Name", "Client Type"),
            ...each(maybe.text, "From Number", "To Number", "Message Body", "email", "email_address"),
            ...each(maybe.id, "$message", "$flow"),
            machine_open: maybe.flag,
          }),
        ),
      }),
      relationships: optional(z.object({ profile: z.object({ data: z.object({ id }) }) })),
    }),
    included: optional(list(z.object({ type: z.literal("profile") }).and(profile))),
  })
  .transform(({ data, included }) => ({
    properties: data.attributes.event_properties ?? {},
    profileId: data.relationships?.profile.data.id,
    profile: included?.[0],
  }));

type Event = z.output<typeof event>;

/** Forms make profiles of whatever address is typed: it is claimed. */
export function personOf({ properties, profileId, profile: included }: Event): PersonFacts {
  const { email, phone_number: phone } = included?.attributes ?? {};
  return person({
    record: included?.attributes,
    email: claimed(firstStated(email, properties.email_address, properties.email)),
    phone: phone ?? undefined,
    ids: [personId("profile", profileId ?? included?.id)],
  });
}

/** An e-mail; `$message` is the campaign's message, or the flow's. */
export function emailOf(e: Event, at: string) {
  const { $message: message, $flow: flow, "Campaign Name": name, Subject: email_subject } = e.properties;
  const about = { email_subject, campaign_id: flow ?? message, campaign_name: name, template_id: flow ? message : null };
  return { who: personOf(e), at, about };
}

/** Who opened or clicked, and with what. */
export function clientOf({ properties }: Event) {
  return {
    is_machine: properties.machine_open,
    client_name: properties["Client Name"],
    device_type: properties["Client Type"],
  };
}

/** A text message. */
export function smsOf({ properties }: Event) {
  const { $message: message, $flow: flow, "From Number": from, "To Number": to, "Campaign Name": name } = properties;
  return { campaign_id: flow ?? message, campaign_name: name, template_id: flow ? message : null, from, to };
}

/** The profile of an id. @see https://developers.klaviyo.com/en/reference/get_profile */
export const lookup: Lookup = {
  hosts: ["a.klaviyo.com"],
  request: ({ kind, id: profileId }, apiKey) =>
    kind === "profile"
      ? {
          host: "a.klaviyo.com",
          path: `/api/profiles/${encodeURIComponent(profileId)}`,
          headers: { authorization: `Klaviyo-API-Key ${apiKey}`, revision: "2026-10-15", accept: "application/vnd.api+json" },
        }
      : null,
  read: (body) => {
    const found = z.object({ data: profile }).safeParse(body).data?.data;
    return found ? [profileDraft(found)] : null;
  },
};

function profileDraft({ id: profileId, attributes: a }: Profile) {
  const who = person({
    record: a,
    email: claimed(a.email),
    phone: a.phone_number,
    ids: [personId("profile", profileId)],
  });
  const { first_name, last_name, locale, created: created_at } = a;
  return {
    ...identify(who, { first_name, last_name, locale, timezone: a.location?.timezone, created_at }),
    custom: customFields("properties", a.properties),
  };
}
