/**
 * Generates the description of the operator's API.
 */
import * as z from "zod";
import type { Operation, RefusalName } from "../../account/operation.ts";
import { OPERATION_NAMES, OPERATIONS } from "../../account/operations.ts";
import { DIRECTORY_OPERATION_NAMES, DIRECTORY_OPERATIONS } from "../../console/directory/operations.ts";
import { PROBLEM_TYPE, problemSchema } from "../../console/problem.ts";
import { REFUSAL_STATUS } from "../../console/refusals.ts";
import { WORKER_OPERATIONS } from "../../console/worker-operations.ts";
import { VERSION } from "../../version.ts";

/** A JSON Schema of an object, as far as it is taken apart here. */
const objectSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});

const objectOf = z.looseObject({});

/** What any operation on an account may answer, whatever its own refusals are. */
const ALWAYS: readonly RefusalName[] = ["malformed", "absent", "unusable"];

/** `docs/openapi.json`: OpenAPI 3.1, of the tables that the routes are made from. */
export function renderOpenApi(): string {
  const account = { name: "account", in: "path", required: true, schema: { type: "string" } };
  const paths: Record<string, Record<string, unknown>> = {};
  const add = (path: string, method: "GET" | "POST", description: object) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: description };
  };
  for (const [name, { method, path, summary, status, output }] of Object.entries(WORKER_OPERATIONS)) {
    const responses = { ...answerOf(status, output()), ...problems([400]) };
    add(path, method, { operationId: name, summary, tags: ["worker"], "x-scope": "read", responses });
  }
  for (const name of DIRECTORY_OPERATION_NAMES) {
    const { method, path, summary, output, refusals, input } = DIRECTORY_OPERATIONS[name];
    const { parameters, requestBody } = inputOf({ method, path, input });
    add(path.replace(/:(\w+)/g, "{$1}"), method, {
      operationId: name,
      summary,
      tags: ["directory"],
      "x-scope": method === "GET" ? "read" : "operate",
      parameters,
      ...requestBody,
      responses: { ...answerOf(200, output()), ...problems(statusesOf({ method, refusals })) },
    });
  }
  for (const name of OPERATION_NAMES) {
    const operation: Operation = OPERATIONS[name];
    const { method, summary, status } = operation;
    const { parameters, requestBody } = inputOf(operation);
    add(`/accounts/{account}${operation.path.replace(/:(\w+)/g, "{$1}")}`, method, {
      operationId: name,
      summary,
      tags: [tagOf(name)],
      "x-scope": method === "GET" ? "read" : "operate",
      parameters: [account, ...parameters],
      ...requestBody,
      responses: { ...answerOf(status, operation.output()), ...problems(statusesOf(operation)) },
    });
  }
  const api = {
    openapi: "3.1.1",
    info: {
      title: "Tributary",
      version: VERSION,
      description:
        "The operator's API of one Worker. ADMIN_TOKEN opens all of it, and alone the directory of accounts; the tokens of an account open that account: <ACCOUNT>_READ_TOKEN what has the scope read, <ACCOUNT>_OPERATE_TOKEN all of it.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: schemaOf(problemSchema(), "output") },
      responses: {
        Problem: {
          description: "Why the request was refused, and what to do (RFC 9457).",
          content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
    },
  };
  return `${JSON.stringify(api, null, 1)}\n`;
}

/** The group of an operation: `events.list` is one of `events`. */
function tagOf(name: string): string {
  const [group = name, action] = name.split(".");
  return action === undefined ? "account" : group;
}

/** Fields in the path and the query, or in a body. */
function inputOf({ method, path, input }: Pick<Operation, "method" | "path" | "input">): {
  readonly parameters: readonly object[];
  readonly requestBody: object;
} {
  const schema = schemaOf(input, "input");
  if (method === "POST") {
    return { parameters: [], requestBody: { requestBody: { required: true, content: { "application/json": { schema } } } } };
  }
  const { properties, required } = objectSchema.parse(schema);
  const parameters = Object.entries(properties).map(([name, field]) => {
    const isInPath = path.split("/").includes(`:${name}`);
    return { name, in: isInPath ? "path" : "query", required: isInPath || required.includes(name), schema: field };
  });
  return { parameters, requestBody: {} };
}

function answerOf(status: number, output: z.ZodType): object {
  const schema = schemaOf(output, "output");
  return { [status]: { description: "Done.", content: { "application/json": { schema } } } };
}

function statusesOf({ method, refusals }: { readonly method: string; readonly refusals: object }): readonly number[] {
  const own = Array.isArray(refusals) ? refusals : Object.keys(refusals);
  const bodies: readonly RefusalName[] = method === "POST" ? ["too_large", "not_json"] : [];
  const named = Object.entries(REFUSAL_STATUS).filter(
    ([name]) => own.includes(name) || [...ALWAYS, ...bodies].some((one) => one === name),
  );
  return named.map(([, status]) => status);
}

/** Refusals, with those for want of a token. */
function problems(statuses: readonly number[]): object {
  const all = [...new Set([...statuses, 401, 403])].sort((one, other) => one - other);
  return Object.fromEntries(all.map((status) => [status, { $ref: "#/components/responses/Problem" }]));
}

/** Inside OpenAPI 3.1 a schema needs no dialect of its own. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, "~standard": __, $defs: ___, ...rest } = z.toJSONSchema(schema, { io });
  // Only a schema of any JSON refers to itself: in OpenAPI that is the empty schema.
  const isOwn = (value: unknown) => z.object({ $ref: z.string().startsWith("#/$defs/") }).safeParse(value).success;
  return objectOf.parse(JSON.parse(JSON.stringify(rest), (_key, value: unknown) => (isOwn(value) ? {} : value)));
}
