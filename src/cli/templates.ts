/**
 * A small working adapter for each family of verification schemes: the start of `npm run new`.
 */

/** A family of verification schemes. */
export interface Family {
  /** For the list of families. */
  readonly summary: string;
  /** The names that `verify` uses, sorted; all are in `src/contract/verify.ts`. */
  readonly verifiers: readonly string[];
  readonly verify: (id: string) => string;
  /** The secret's format in code, and what it is. */
  readonly format: string;
  readonly hint: string;
  /** A secret for demo and tests: it matches the format, and carries `tributary_demo`. */
  readonly demo: (id: string) => string;
}

const marker = (id: string) => `tributary_demo_${id.replaceAll("-", "_")}_0000`;

/** The families. Other schemes are composed of the parts in `src/contract/verify.ts` and `verify-public-key.ts`. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  hmac: {
    summary: "a header holds an HMAC of the body",
    verifiers: ["hmac", "prefixed"],
    verify: (id) => `hmac({
    hash: "SHA-256",
    header: "x-${id}-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  })`,
    format: "/^\\S{16,}$/",
    hint: "Signing secret of the webhook",
    demo: marker,
  },
  "standard-webhooks": {
    summary: "headers as in Standard Webhooks (also Svix)",
    verifiers: ["standardWebhooks"],
    verify: () => "standardWebhooks()",
    format: "/^whsec_[A-Za-z0-9+/]{22,}={0,2}$/",
    hint: "Signing secret of the endpoint (whsec_…)",
    demo: (id) => `whsec_${Buffer.from(marker(id)).toString("base64")}`,
  },
  token: {
    summary: "a header holds the secret itself",
    verifiers: ["token"],
    verify: () => 'token({ header: "authorization", prefix: "Bearer " })',
    format: "/^\\S{16,}$/",
    hint: "Token of the webhook: random characters, chosen by you",
    demo: marker,
  },
  basic: {
    summary: "user and password in the Authorization header",
    verifiers: ["basicAuth"],
    verify: () => "basicAuth()",
    format: "/^[^\\s:]+:\\S{16,}$/",
    hint: "user:password, as entered at the vendor",
    demo: (id) => `demo:${marker(id)}`,
  },
  path: {
    summary: "the URL ends in the secret, where a vendor has nothing better",
    verifiers: ["pathToken"],
    verify: () => "pathToken()",
    format: "/^[\\w-]{16,255}$/",
    hint: "Last part of the URL given to the vendor: random letters and digits, chosen by you",
    demo: marker,
  },
};

/** The text of `adapters/<id>.ts`. */
export function renderNewAdapter(id: string, family: Family): string {
  const name = nameOf(id);
  return `/**
 * ${name}: say here what it sends.
 */
import * as z from "zod";
import {
  claimed,
  defineAdapter,
  id,
  identify,
  ignore,
  isoTime,
  maybe,
  on,
  person,
  personId,
  text,
} from "../src/contract/adapter.ts";
import { ${family.verifiers.join(", ")} } from "../src/contract/verify.ts";
import { contactCreated } from "../src/vocabulary/adapter.ts";

/** Only the fields that this file reads; \`maybe\` for those that the vendor may leave out. */
const contact = z.object({ id, email: maybe.text, name: maybe.text });

/** The person of an event. A typed address is \`claimed\`; \`verified\` is for addresses that the vendor has verified. */
function personOf(c: z.output<typeof contact>) {
  return person({ record: c, email: claimed(c.email), ids: [personId("contact", c.id)] });
}

export default defineAdapter({
  id: "${id}",
  name: "${name}",
  secret: {
    format: ${family.format},
    hint: ${JSON.stringify(family.hint)},
    demo: "${family.demo(id)}",
  },
  verify: ${family.verify(id)},
  webhook: z.object({ body: z.looseObject({ id, type: text, created_at: isoTime, data: z.unknown() }) }),
  events: ({ body }) => [{ id: body.id, type: body.type, occurredAt: body.created_at, test: false, data: body.data }],
  handlers: {
    "contact.created": on(contact, (c) => [identify(personOf(c), { name: c.name }), contactCreated(personOf(c), {})]),
    "campaign.drafted": ignore("not done by a person"),
  },
});
`;
}

/** The text of `adapters/<id>/plan.schema.ts`. */
export function renderNewPlan(id: string): string {
  return `/**
 * ${nameOf(id)} and the tracking plan.
 */
import { adapterPlan } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  // "account", "billing", "commerce" …: then \`lacks\` says why the vendor does not tell an event of theirs.
  families: [],
});
`;
}

/** The text of `adapters/<id>/catalogue.ts`. */
export function renderNewCatalogueEntry(id: string): string {
  return `/**
 * What the catalogue says about ${nameOf(id)}.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://example.com/webhooks",
  timeoutSeconds: null,
  retries: "not documented",
  disables: "not documented",
  setup: ["Steps in the imperative: where to enter the URL, which events to select, where to find the secret."],
} satisfies CatalogueEntry;
`;
}

function nameOf(id: string): string {
  return id.replace(/(^|-)(.)/g, (_, dash: string, first: string) => (dash ? " " : "") + first.toUpperCase());
}

/** The text of the fixture of \`contact.created\`. */
export function renderNewFixture(): string {
  const data = { id: "con_4711", email: "ada@example.com", name: "Ada Example" };
  const body = { id: "evt_0001", type: "contact.created", created_at: "2026-11-02T09:15:00Z", data };
  return `${JSON.stringify({ body }, null, 2)}\n`;
}
