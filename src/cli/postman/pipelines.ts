/**
 * Requests to Customer.io: every call of the Pipelines API, its actions, and the look-up of the region.
 */
import { batch, call } from "../../pipelines/calls.ts";
import { type Auth, type Folder, hasStatus, type RequestItem, requestItem } from "./format.ts";

const JSON_TYPE = { key: "Content-Type", value: "application/json" };

/** Without it the API answers 200 to what it drops. */
const STRICT = { key: "X-Strict-Mode", value: "1" };

const WITH_KEY: Auth = {
  type: "basic",
  basic: [
    { key: "username", value: "{{write_key}}", type: "string" },
    { key: "password", value: "", type: "string" },
  ],
};

/** Postman fills these in for each request. */
const FRESH = { messageId: "{{$guid}}", timestamp: "{{$isoTimestamp}}" };
const PERSON = { userId: "tributary-postman" };
const LIBRARY = { context: { library: { name: "tributary-postman", version: "1" } } };

/** The calls: of each what it does, and a body. */
const CALLS = {
  identify: [
    "Sets traits of a person, who is created if new.",
    { ...PERSON, traits: { email: "postman@example.com", first_name: "Ada", created_at: "2026-11-23T12:00:00Z" } },
  ],
  track: [
    "Records an event of a person.",
    { ...PERSON, event: "Tributary Tried", properties: { total: 19.99, currency: "EUR" } },
  ],
  page: [
    "Records a page view.",
    { ...PERSON, name: "Pricing", properties: { url: "https://example.com/pricing", title: "Pricing" } },
  ],
  screen: ["Records a view of an app's screen.", { ...PERSON, name: "Settings", properties: { section: "profile" } }],
  group: [
    "Sets attributes of an object, and relates a person to it. The type of object must exist in the workspace.",
    { ...PERSON, groupId: "tributary-postman-company", traits: { objectTypeId: "1", name: "Example Company" } },
  ],
  alias: ["Merges a person into another, permanently.", { ...PERSON, previousId: "tributary-postman-anonymous" }],
} as const;

/** Events that Customer.io does not record but acts on. */
const ACTIONS = {
  "Device Created or Updated": {
    ...PERSON,
    context: { device: { token: "tributary-postman-token", type: "ios" }, library: LIBRARY.context.library },
    properties: {},
  },
  "Device Deleted": {
    ...PERSON,
    context: { device: { token: "tributary-postman-token", type: "ios" }, library: LIBRARY.context.library },
    properties: {},
  },
  "Relationship Deleted": { ...PERSON, properties: { objectId: "tributary-postman-company", objectTypeId: "1" } },
  "Object Deleted": {
    anonymousId: "tributary-postman",
    properties: { objectId: "tributary-postman-company", objectTypeId: "1" },
  },
  "User Suppressed": { ...PERSON, properties: {} },
  "User Unsuppressed": { ...PERSON, properties: {} },
  "User Deleted": { ...PERSON, properties: {} },
} as const;

function callRequest(name: string, path: string, description: string, body: object): RequestItem {
  return requestItem(
    name,
    {
      method: "POST",
      url: `{{cdp_api_url}}/v1/${path}`,
      description,
      auth: WITH_KEY,
      header: [JSON_TYPE, STRICT],
      body: { mode: "raw", raw: JSON.stringify(body, null, 2) },
    },
    [hasStatus(200)],
  );
}

/** The calls of the Pipelines API. */
export function pipelinesFolder(): Folder {
  const calls = Object.entries(CALLS).map(([type, [description, body]]) => {
    const whole = { type, ...FRESH, ...LIBRARY, ...body };
    assertValid(whole);
    return { type, description, whole };
  });
  const actions = Object.entries(ACTIONS).map(([event, body]) => {
    const whole = { type: "track", event, ...FRESH, ...LIBRARY, ...body };
    assertValid(whole);
    return callRequest(event, "track", "An action: Customer.io acts on it and records no event.", whole);
  });
  const both = { batch: calls.filter(({ type }) => type !== "alias").map(({ whole }) => whole) };
  return {
    name: "Customer.io Pipelines API",
    description:
      'In strict mode, about invented people. The API key is that of the integration "Customer.io API", which one call with the key completes.',
    item: [
      ...calls.map(({ type, description, whole }) => callRequest(type, type, description, whole)),
      callRequest("batch", "batch", "Several calls in one request: at most 500 KB, and 32 KB each.", both),
      { name: "Actions", description: "Events with a meaning of their own.", item: actions },
    ],
  };
}

/** The look-up of the region, by Track API credentials. */
export function regionFolder(): Folder {
  const auth: Auth = {
    type: "basic",
    basic: [
      { key: "username", value: "{{track_site_id}}", type: "string" },
      { key: "password", value: "{{track_api_key}}", type: "string" },
    ],
  };
  const description = "Which region the account is in. Either region's host answers.";
  return {
    name: "Customer.io Track API",
    description: "Only for the look-up of the region.",
    item: [
      requestItem("Region", { method: "GET", url: "{{track_api_url}}/api/v1/accounts/region", description, auth }, [
        hasStatus(200),
      ]),
    ],
  };
}

/** @throws TypeError if a body is not what the API takes: a defect of this file */
function assertValid(body: object): void {
  const filled = { ...body, messageId: "00000000-0000-4000-8000-000000000000", timestamp: "2026-11-23T12:00:00.000Z" };
  const problem = call.safeParse(filled).error ?? batch.safeParse({ batch: [filled] }).error;
  if (problem !== undefined) throw new TypeError(`a call of the collection is invalid: ${problem.message}`);
}
