/**
 * The description of the operator's API beside the tables that its routes are made from.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { OPERATION_NAMES, OPERATIONS } from "../../src/account/operations.ts";
import { renderOpenApi } from "../../src/cli/generate/openapi.ts";
import { DIRECTORY_OPERATION_NAMES } from "../../src/console/directory/operations.ts";

const parameter = z.object({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean(), schema: z.looseObject({}) });
const described = z.looseObject({
  operationId: z.string(),
  "x-scope": z.enum(["read", "operate"]),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content: z.object({ "application/json": z.object({ schema: z.looseObject({}) }) }) }).optional(),
  responses: z.record(z.string(), z.looseObject({})),
});
const text = renderOpenApi();
const api = z
  .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), described)) })
  .parse(JSON.parse(text));
const routes = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

describe("docs/openapi.json", () => {
  test("has every operation once, and every field of its path", () => {
    const ids = routes.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...OPERATION_NAMES, ...DIRECTORY_OPERATION_NAMES, "accounts"]));
    expect(ids.length).toBe(OPERATION_NAMES.length + DIRECTORY_OPERATION_NAMES.length + 1);
    for (const { path, parameters, operationId } of routes) {
      const inPath = parameters.filter((one) => one.in === "path");
      expect(inPath.map(({ name }) => `{${name}}`).sort(), operationId).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  test.each(OPERATION_NAMES)("%s: has its input, its answer, its scope and its refusals", (name) => {
    const { method, path, status, input } = OPERATIONS[name];
    const route = routes.find(({ operationId }) => operationId === name);
    expect([route?.method, route?.path]).toEqual([method.toLowerCase(), `/accounts/{account}${path.replace(/:(\w+)/g, "{$1}")}`]);
    expect(route?.["x-scope"]).toBe(method === "GET" ? "read" : "operate");
    const schema = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) }).catch({ properties: {} });
    const fields =
      method === "GET"
        ? route?.parameters.map((one) => one.name).filter((one) => one !== "account")
        : Object.keys(schema.parse(route?.requestBody?.content["application/json"].schema).properties);
    expect(fields?.sort()).toEqual(Object.keys(input.shape).sort());
    expect(Object.keys(route?.responses ?? {})).toEqual(expect.arrayContaining([String(status), "400", "401", "403"]));
  });

  test("refers to nothing that it does not hold", () => {
    const references = [...text.matchAll(/"\$ref": "([^"]*)"/g)].map(([, target = ""]) => target);
    expect(references.length).toBeGreaterThan(20);
    for (const target of new Set(references)) {
      let found: unknown = JSON.parse(text);
      for (const name of target.replace(/^#\//, "").split("/")) found = z.record(z.string(), z.unknown()).parse(found)[name];
      expect(found, target).toBeTypeOf("object");
    }
  });
});
