/**
 * DocuSign's envelopes and their recipients. The sender typed their addresses.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  identify,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { DOCUSIGN } from "./plan.schema.ts";

const own = ownEvents<typeof DOCUSIGN>();

const recipient = z.object({
  recipientId: id,
  userId: maybe.id,
  email: decisive(text),
  ...each(maybe.text, "name", "declinedReason"),
});

const recipients = decisive(z.array(recipient));

const message = z.object({
  envelopeId: id,
  recipientId: decisive(id),
  envelopeSummary: optional(
    z.object({
      ...each(maybe.text, "emailSubject", "voidedReason"),
      sender: optional(z.object({ userName: maybe.text })),
      customFields: optional(z.object({ textCustomFields: optional(list(z.object({ name: text, value: z.unknown() }))) })),
      recipients: decisive(z.object(each(recipients, "signers", "inPersonSigners"))),
    }),
  ),
});

type Message = z.output<typeof message>;
type Recipient = z.output<typeof recipient>;

const signersOf = ({ envelopeSummary: e }: Message): readonly Recipient[] => [
  ...(e?.recipients?.signers ?? []),
  ...(e?.recipients?.inPersonSigners ?? []),
];

function told(event: keyof (typeof DOCUSIGN)["events"], m: Message, r: Recipient): readonly Draft[] {
  const e = m.envelopeSummary;
  const who = person({
    email: claimed(r.email),
    ids: [personId("user", r.userId), reference("recipient", `${m.envelopeId}.${r.recipientId}`)],
  });
  const properties = {
    document_id: m.envelopeId,
    document_name: e?.emailSubject,
    sender_name: e?.sender?.userName,
    reason: event === "Document Voided" ? e?.voidedReason : r.declinedReason,
  };
  const custom = customFields("custom_fields", e?.customFields?.textCustomFields);
  return [identify(who, { name: r.name }), own(event)(who, properties, { custom })];
}

/** What one recipient did. */
export function onRecipient(event: keyof (typeof DOCUSIGN)["events"]) {
  return on(message, (m) => {
    const r = signersOf(m).find(({ recipientId }) => recipientId === m.recipientId);
    return r ? told(event, m, r) : ignore("without its signers, or about someone who does not sign");
  });
}

/** What became of an envelope, for each who signs it. */
export function onEnvelope(event: keyof (typeof DOCUSIGN)["events"]) {
  return on(message, (m) => {
    const all = signersOf(m);
    return all.length === 0 ? ignore("without its signers") : all.flatMap((r) => told(event, m, r));
  });
}
