/**
 * Mailchimp: who subscribes to an audience, leaves it, changes their details or address, and which addresses it cleans.
 *
 * It signs nothing: a secret at the end of the URL is all that it can be known by. A webhook belongs to one audience, which most companies
 * have only one of: a choice about it is taken as one about e-mail.
 *
 * @see https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/
 */
import * as z from "zod";
import {
  claimed,
  decisive,
  defineAdapter,
  each,
  id,
  identify,
  ignore,
  maybe,
  nested,
  on,
  optional,
  person,
  personId,
  text,
  told,
  utcTime,
} from "../src/contract/adapter.ts";
import { pathToken } from "../src/contract/verify.ts";
import {
  bouncedEmail,
  complainedEmail,
  contactDeleted,
  customFields,
  emailChanged,
  subscribedEmail,
  unsubscribedEmail,
} from "../src/vocabulary/adapter.ts";

/** Merge fields with a meaning of their own; the others are the company's. */
const OWN_MERGES = /^(EMAIL|FNAME|LNAME|PHONE)$/;

const member = z.object({
  email: text,
  ...each(maybe.id, "id", "list_id", "campaign_id"),
  ip_signup: maybe.text,
  ...each(decisive(text), "action", "reason"),
  merges: optional(z.looseObject(each(maybe.text, "FNAME", "LNAME", "PHONE"))),
});

type Member = z.output<typeof member>;

const move = z.object({ new_email: text, new_id: maybe.id });

export default defineAdapter({
  id: "mailchimp",
  name: "Mailchimp",
  secret: {
    format: /^[A-Za-z0-9_-]{32,255}$/,
    hint: "Last part of the URL given to Mailchimp: at least 32 random letters and digits, chosen by you",
    demo: "tributary_demo_mailchimp_path_token_0123",
  },
  verify: pathToken(),
  format: "form",
  options: z.strictObject({ list_id: id.optional().describe("id of the audience whose webhooks are accepted; all by default") }),
  tenant: { option: "list_id", required: false },
  states: ["email"],
  webhook: z.object({
    body: z
      .record(z.string(), z.unknown())
      .transform((form) => nested(form))
      .pipe(z.object({ type: text, fired_at: utcTime, data: z.looseObject({ list_id: maybe.id }) })),
  }),
  events: ({ body: { type, fired_at, data } }, { bodyHash }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt: fired_at,
      test: false,
      data,
      ...(data.list_id ? { tenant: data.list_id } : {}),
    },
  ],
  handlers: {
    subscribe: on(member, (m, { event }) => [
      profileOf(m),
      ...subscribedEmail(emailOf(m, event.occurredAt), { topic: m.list_id, ip: m.ip_signup }),
    ]),
    unsubscribe: on(member, (m, { event }) => {
      // The company deleted the contact: nothing that the person chose.
      if (m.action === "delete") return contactDeleted(personOf(m), {});
      const email = emailOf(m, event.occurredAt);
      return m.reason === "abuse" ? complainedEmail(email) : unsubscribedEmail(email, { topic: m.list_id });
    }),
    profile: on(member, profileOf),
    upemail: on(move, ({ new_email, new_id }) =>
      emailChanged(person({ email: claimed(new_email), ids: [personId("contact", new_id)] }), {}),
    ),
    cleaned: on(member, (m, { event }) => {
      const email = emailOf(m, event.occurredAt);
      return m.reason === "abuse"
        ? complainedEmail(email)
        : bouncedEmail(email, { bounce_type: "hard", bounce_kind_raw: m.reason });
    }),
    campaign: ignore("about a campaign, not a person"),
  },
});

/** Whoever knows the address of a form can subscribe another's: it is claimed. The id is that of the address, in all audiences. */
function personOf(m: Member) {
  return person({
    record: m.merges,
    email: claimed(m.email),
    phone: m.merges?.PHONE ?? undefined,
    ids: [personId("contact", m.id)],
  });
}

function profileOf(m: Member) {
  const traits = told({ first_name: m.merges?.FNAME || null, last_name: m.merges?.LNAME || null });
  return { ...identify(personOf(m), traits), custom: customOf(m) };
}

function emailOf(m: Member, at: string) {
  return { who: personOf(m), at, about: { campaign_id: m.campaign_id }, custom: customOf(m) };
}

function customOf({ merges }: Member) {
  return customFields("merges", Object.fromEntries(Object.entries(merges ?? {}).filter(([name]) => !OWN_MERGES.test(name))));
}
