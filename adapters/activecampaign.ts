/**
 * ActiveCampaign: who subscribes and unsubscribes, and what became of campaigns.
 *
 * It signs nothing: a secret at the end of the URL is all that it can be known by.
 *
 * @see https://developers.activecampaign.com/page/webhooks
 */
import * as z from "zod";
import type { MapContext } from "../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  defineAdapter,
  each,
  identify,
  ignore,
  ignoring,
  maybe,
  nested,
  on,
  optional,
  person,
  personId,
  text,
  told,
} from "../src/contract/adapter.ts";
import { pathToken } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  clickedEmail,
  customFields,
  customList,
  type Email,
  fold,
  openedEmail,
  subscribedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";

const event = z.object({
  contact: z.looseObject({
    email: text,
    id: maybe.id,
    ...each(maybe.text, "first_name", "last_name", "phone", "tags", "ip"),
    // By the names of the company's own fields.
    fields: optional(z.looseObject({})),
  }),
  campaign: optional(z.object({ id: maybe.id, name: maybe.text })),
  link: optional(z.object({ url: maybe.text })),
  bounce: decisive(z.object({ type: decisive(text), ...each(maybe.text, "code", "reason") })),
  // None is zero.
  list: maybe.id,
});

type Event = z.output<typeof event>;

export default defineAdapter({
  id: "activecampaign",
  name: "ActiveCampaign",
  secret: {
    format: /^[A-Za-z0-9_-]{32,255}$/,
    hint: "Last part of the URL given to ActiveCampaign: at least 32 random letters and digits, chosen by you",
    demo: "tributary_demo_activecampaign_path_token_0123",
  },
  verify: pathToken(),
  format: "form",
  states: ["email"],
  webhook: z.object({
    body: z
      .record(z.string(), z.unknown())
      .transform((form) => nested(form))
      .pipe(z.looseObject({ type: text, date_time: maybe.isoTime })),
  }),
  events: ({ body }, { bodyHash, receivedAt }) => [
    { id: `${body.type}:${bodyHash}`, type: body.type, occurredAt: body.date_time ?? receivedAt, test: false, data: body },
  ],
  handlers: {
    subscribe: on(event, (e, context) => [profileOf(e), ...subscribedEmail(emailOf(e, context), { topic: listOf(e) })]),
    unsubscribe: on(event, (e, context) => unsubscribedEmail(emailOf(e, context), { topic: listOf(e) })),
    update: on(event, profileOf),
    open: on(event, (e, context) => openedEmail(emailOf(e, context), { ip: e.contact.ip })),
    click: on(event, (e, context) => clickedEmail(emailOf(e, context), { ip: e.contact.ip, link_url: e.link?.url })),
    bounce: on(event, (e, context) =>
      bouncedEmail(emailOf(e, context), {
        bounce_type: fold(e.bounce?.type, { hard: "hard", soft: "soft" }),
        bounce_code: e.bounce?.code,
        bounce_reason: e.bounce?.reason,
      }),
    ),
    ...ignoring("tags come with each event of the contact", "contact_tag_added contact_tag_removed"),
    ...ignoring("an intermediate step of sending", "sent"),
  },
  // Answers and forwards, deals, accounts, tasks, text messages.
  otherwise: ignore("not about a subscription or an e-mail's delivery"),
});

/** Forms make contacts of whatever address is typed: it is claimed. */
function personOf({ contact: c }: Event) {
  return person({ record: c, email: claimed(c.email), phone: c.phone ?? undefined, ids: [personId("contact", c.id)] });
}

function customOf({ contact: c }: Event) {
  const tags = c.tags?.split(",").map((tag) => tag.trim());
  return [
    ...customFields("fields", c.fields),
    ...customList(
      "tags",
      tags?.filter((tag) => tag !== ""),
    ),
  ];
}

function profileOf(e: Event) {
  const traits = told({ first_name: e.contact.first_name || null, last_name: e.contact.last_name || null });
  return { ...identify(personOf(e), traits), custom: customOf(e) };
}

function emailOf(e: Event, { event: { occurredAt: at } }: MapContext<unknown>): Email {
  return { who: personOf(e), at, about: { campaign_id: e.campaign?.id, campaign_name: e.campaign?.name }, custom: customOf(e) };
}

function listOf({ list }: Event) {
  return list === "0" ? null : list;
}
