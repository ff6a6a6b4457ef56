/**
 * `defineAdapter`: turns an author's definition into the adapter that the core calls.
 */
import * as z from "zod";
import { onlyItems } from "./batch.ts";
import { DEFAULT_BODY_LIMIT, LARGEST_BODY_LIMIT, UNPROVEN_BODY_LIMIT } from "./body-limits.ts";
import type { AdapterDefinition, WebhookSchema } from "./definition.ts";
import { interestIn, mapEvent, schemaIn } from "./handlers.ts";
import type { Adapter } from "./interface.ts";
import { describeIssues } from "./issues.ts";
import { readWebhook } from "./read.ts";

const noOptions = z.strictObject({});

type WithoutOptions<Schema extends WebhookSchema> = Omit<AdapterDefinition<Schema, typeof noOptions>, "options"> & {
  readonly options?: never;
};

/**
 * Checks a definition and hides its types from the core.
 * @throws TypeError if the definition contradicts itself: a defect in the adapter's file, caught at start-up and by its tests
 */
export function defineAdapter<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
): Adapter;
export function defineAdapter<Schema extends WebhookSchema>(definition: WithoutOptions<Schema>): Adapter;
export function defineAdapter<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema> | WithoutOptions<Schema>,
): Adapter {
  return hasOptions(definition) ? close(definition) : close({ ...definition, options: noOptions });
}

function hasOptions<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema> | WithoutOptions<Schema>,
): definition is AdapterDefinition<Schema, OptionsSchema> {
  return definition.options !== undefined;
}

function close<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
): Adapter {
  const { id, secret } = definition;
  // A Map, so that an event type named "constructor" or "__proto__" matches nothing.
  const handlers = new Map(Object.entries(definition.handlers));
  const handlerOf = (type: string) => handlers.get(type) ?? definition.otherwise;
  const bodyLimit = definition.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const problems = [
    /^[a-z][a-z0-9-]{0,31}$/.test(id) ? null : "the id must match ^[a-z][a-z0-9-]{0,31}$",
    bodyLimit <= LARGEST_BODY_LIMIT ? null : `bodyLimit is larger than ${LARGEST_BODY_LIMIT} bytes`,
    secret.format.test(secret.demo) ? null : "the demo secret does not match secret.format",
    secret.format.test(`${secret.demo} ${secret.demo}`) ? "secret.format accepts white space: anchor it with ^ and $" : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new TypeError(`adapters/${id}.ts: ${problems.join("; ")}`);

  return {
    id,
    name: definition.name,
    secret,
    format: definition.format ?? "json",
    bodyLimit,
    reads: { headers: keysOf(definition.webhook.shape.headers), query: keysOf(definition.webhook.shape.query) },
    options: definition.options,
    demoOptions: { ...(definition.tenant?.required ? { [definition.tenant.option]: "demo" } : {}), ...definition.demoOptions },
    tenant: definition.tenant ?? null,
    userIdFrom: definition.userIdFrom ?? [],
    isUserDirectory: definition.isUserDirectory === true,
    people: definition.people ?? "create",
    states: definition.states ?? [],
    types: [...handlers.keys()],
    givesUp: definition.givesUp ?? null,
    lookup: definition.lookup ?? null,
    pull: definition.pull ?? null,
    interest: (type) => interestIn(handlerOf(type)),
    schemaOf: (type) => schemaIn(handlerOf(type)),
    configure: (given) => {
      const options = definition.options.safeParse(given);
      if (!options.success) return { ok: false, issue: describeIssues(options.error) };
      const { verify, handshakes = [] } = definition;
      const batch = (typeof definition.batch === "function" ? definition.batch(options.data) : definition.batch) ?? null;
      const verifier = typeof verify === "function" ? verify(options.data) : verify;
      if (verifier.demoSecret !== undefined && verifier.demoSecret !== secret.demo) {
        throw new TypeError(`adapters/${id}.ts: secret.demo is not the demo secret of its verifier`);
      }
      return {
        ok: true,
        adapter: {
          verifier,
          bodyLimit: verifier.parsesUnproven ? Math.min(bodyLimit, UNPROVEN_BODY_LIMIT) : bodyLimit,
          handshakes: typeof handshakes === "function" ? handshakes(options.data) : handshakes,
          tenant: tenantOf(definition.tenant?.option, options.data),
          read: (input, arrival) => readWebhook(definition, options.data, batch, input, arrival),
          acknowledge: (body) => {
            const given = definition.acknowledge && definition.webhook.shape.body.safeParse(body);
            return given?.success ? (definition.acknowledge?.(given.data) ?? {}) : {};
          },
          narrow: (body, places) => (batch === null ? body : onlyItems(body, batch, places)),
          map: (event, found) => mapEvent(handlerOf(event.type), event, options.data, found),
        },
      };
    },
  };
}

function keysOf(schema: z.ZodObject | undefined): readonly string[] {
  return schema ? Object.keys(schema.shape) : [];
}

function tenantOf(option: string | undefined, options: object): string | null {
  const value = option === undefined ? undefined : Object.entries(options).find(([name]) => name === option)?.[1];
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
