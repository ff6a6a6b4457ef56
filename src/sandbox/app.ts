/**
 * The routes of the sandbox. It replaces two APIs of Customer.io:
 * - the Pipelines API: `/us/v1/*` and `/eu/v1/*`, or the real host names through a service binding. Without `X-Strict-Mode: 1` every
 *   request is answered with 200, and invalid calls are dropped;
 * - the region look-up of the Track API, `/api/v1/accounts/region`: a site id that begins with `eu` is in the EU, one that begins with
 *   `invalid` is refused, any other is in the US.
 *
 * Its own API is `/_sandbox/*`, for loopback hosts only: the recorded calls, the people that result from them, and faults.
 * - GET `calls` (`region`, `after`, `limit`); DELETE `calls` deletes the people too, but not the faults
 * - GET `calls/wait` (`count`, `region`, `after`, `timeout` in milliseconds): answers when so many calls are recorded, or 408 at the timeout
 * - GET `people` (`region`, `identifiers`)
 * - GET, PUT and DELETE `faults`
 *
 * `SANDBOX_KEYS` (`{ "us": […], "eu": […] }`) lists the valid keys; without it a key is valid unless it begins with `invalid`.
 * `SANDBOX_IDENTIFIERS` is the identifier setting of every workspace; default `email_and_id`. `SANDBOX_LOG=1` writes a line about each request.
 */
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { auth } from "hono/utils/basic-auth";
import * as z from "zod";
import type { Identifiers, Region } from "../config/model.ts";
import { isForLoopback } from "../ingest/loopback.ts";
import { toConsole } from "../log-line.ts";
import { openCallLog } from "./call-log.ts";
import {
  BATCH_LIMIT,
  CALL_LIMIT,
  describeProblems,
  type Method,
  method,
  parseJson,
  type RecordedCall,
  readEvents,
} from "./calls.ts";
import { type Fault, fault, putFault, takeFault } from "./faults.ts";
import { createPeople, type People } from "./people.ts";
import { requestLine } from "./request-log.ts";
import { identifiers, isKnownKey, settings } from "./settings.ts";

/** The bindings of the sandbox's Worker. */
export interface SandboxEnvironment {
  readonly SANDBOX: DurableObjectNamespace<SandboxObject>;
  /** An object, or its JSON. */
  readonly SANDBOX_KEYS?: unknown;
  readonly SANDBOX_IDENTIFIERS?: unknown;
  readonly SANDBOX_LOG?: unknown;
}

/** All state of the sandbox, in one object: so calls have one order. */
export class SandboxObject extends DurableObject<SandboxEnvironment> {
  readonly #app: Hono;

  constructor(state: DurableObjectState, environment: SandboxEnvironment) {
    super(state, environment);
    this.#app = createApp(state.storage, environment);
  }

  override fetch(request: Request): Response | Promise<Response> {
    return this.#app.fetch(request);
  }
}

/** The real hosts, and the sandbox's path for each. */
const PREFIX_OF_HOST: ReadonlyMap<string, string> = new Map([
  ["cdp.customer.io", "/us"],
  ["cdp-eu.customer.io", "/eu"],
]);

const CALLS_PATH = `/:region{us|eu}/v1/:method{${method.options.join("|")}}`;
const LARGEST_FAULT = 64 * 1024;

const region = z.enum(["us", "eu"]);
const whole = z.coerce.number().pipe(z.int().min(0));
const selection = z.object({ region: region.optional().transform((value) => value ?? null), after: whole.default(0) });
const callsQuery = selection.extend({ limit: whole.default(Number.MAX_SAFE_INTEGER) });
const waitQuery = selection.extend({ count: whole, timeout: whole.pipe(z.number().max(600_000)).default(30_000) });
const peopleQuery = selection.pick({ region: true }).extend({ identifiers: identifiers.optional() });

function createApp(storage: DurableObjectStorage, environment: SandboxEnvironment): Hono {
  const log = openCallLog(storage);
  const configured = settings.safeParse(environment);
  const waiting = new Set<() => void>();
  const folded = new Map<Identifiers, { readonly people: People; upTo: number }>();
  const faults = () => storage.kv.get<readonly Fault[]>("faults") ?? [];

  const app = new Hono({
    getPath: (request) => {
      const { hostname, pathname } = new URL(request.url);
      return (PREFIX_OF_HOST.get(hostname) ?? "") + pathname;
    },
  });
  app.onError((error) => refusal(500, `defect in the sandbox: ${error.message}`));
  app.notFound(() => refusal(404, "not found"));

  function take(request: Request, place: { readonly region: Region; readonly method: Method }, body: string | null): Response {
    if (!configured.success) return refusal(503, `fix the sandbox's variables: ${z.prettifyError(configured.error)}`);
    const strict = isStrict(request);
    const credentials = auth(request);
    const key = credentials?.password === "" ? credentials.username : "";
    if (!isKnownKey(configured.data.SANDBOX_KEYS, place.region, key)) {
      return strict ? refusal(401, "the API key is not known in this region") : success();
    }
    if (body === null) return strict ? refusal(413, "the body is too large") : success();
    const { events, problems } = readEvents(place.method, body);
    if (strict && problems.length > 0) {
      return refusal(problems.some((problem) => problem.status === 413) ? 413 : 400, ...describeProblems(problems));
    }
    const common = { region: place.region, path: `/v1/${place.method}`, key, receivedAt: new Date().toISOString() };
    if (!log.append(events.map((event) => ({ ...common, event }))))
      return refusal(507, "the sandbox is full: DELETE /_sandbox/calls");
    for (const look of waiting) look();
    return success();
  }

  app.post(CALLS_PATH, async (c) => {
    const place = { region: region.parse(c.req.param("region")), method: method.parse(c.req.param("method")) };
    const body = await readBody(c.req.raw, place.method === "batch" ? BATCH_LIMIT : CALL_LIMIT);
    const met = takeFault(faults(), { region: place.region, body: body ?? "" });
    const tell = (status: number): void => {
      if (configured.data?.SANDBOX_LOG !== "1") return;
      toConsole("info", JSON.stringify(requestLine(status, place.region, auth(c.req.raw)?.username ?? "", body ?? "")));
    };
    const answer = (): Response => {
      const given = take(c.req.raw, place, body);
      tell(given.status);
      return given;
    };
    if (!met.fault) return answer();
    storage.kv.put("faults", met.faults);
    await scheduler.wait(met.fault.delayMs ?? 0);
    if (met.fault.status >= 200 && met.fault.status < 300) return answer();
    if (met.fault.record) take(c.req.raw, place, body);
    tell(met.fault.status);
    return failure(met.fault);
  });
  app.all(CALLS_PATH, () => notAllowed("POST"));

  app.get("/api/v1/accounts/region", (c) => {
    const credentials = auth(c.req.raw);
    if (!credentials?.username || !credentials.password || credentials.username.startsWith("invalid"))
      return refusal(401, "unauthorized");
    const found = credentials.username.startsWith("eu") ? "eu" : "us";
    const url = found === "eu" ? "https://track-eu.customer.io" : "https://track.customer.io";
    return Response.json({ url, region: found, data_center: found, environment_id: 1 });
  });
  app.all("/api/v1/accounts/region", () => notAllowed("GET"));

  app.use("/_sandbox/*", async (c, next) => {
    if (!isForLoopback(c.req.raw)) return refusal(403, "use 127.0.0.1, [::1] or localhost: this is personal data");
    await next();
    return undefined;
  });

  app.get("/_sandbox/calls", (c) => {
    const query = callsQuery.safeParse(c.req.query());
    if (!query.success) return refusal(400, z.prettifyError(query.error));
    const chunks = callsAsJson(log.read(query.data));
    // Streamed: all calls may not fit into memory.
    const text = new ReadableStream<string>({
      pull: (controller) => {
        const chunk = chunks.next();
        if (chunk.done) controller.close();
        else controller.enqueue(chunk.value);
      },
    });
    return new Response(text.pipeThrough(new TextEncoderStream()), { headers: JSON_TYPE });
  });
  app.delete("/_sandbox/calls", () => {
    folded.clear();
    return Response.json({ cleared: log.clear() });
  });
  app.all("/_sandbox/calls", () => notAllowed("GET, DELETE"));

  app.get("/_sandbox/calls/wait", async (c) => {
    const query = waitQuery.safeParse(c.req.query());
    if (!query.success) return refusal(400, z.prettifyError(query.error));
    const { count, timeout, ...filter } = query.data;
    const reached = await new Promise<boolean>((resolve) => {
      const end = (answer: boolean) => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(answer);
      };
      const look = () => log.count(filter) >= count && end(true);
      const timer = setTimeout(() => end(false), timeout);
      waiting.add(look);
      look();
    });
    return Response.json({ reached, count: log.count(filter) }, { status: reached ? 200 : 408 });
  });
  app.all("/_sandbox/calls/wait", () => notAllowed("GET"));

  app.get("/_sandbox/people", (c) => {
    const query = peopleQuery.safeParse(c.req.query());
    if (!query.success) return refusal(400, z.prettifyError(query.error));
    return Response.json(
      peopleBy(query.data.identifiers ?? configured.data?.SANDBOX_IDENTIFIERS ?? "email_and_id").view(query.data.region),
    );
  });
  app.all("/_sandbox/people", () => notAllowed("GET"));

  app.get("/_sandbox/faults", () => Response.json({ faults: faults() }));
  app.put("/_sandbox/faults", async (c) => {
    const given = fault.safeParse(parseJson((await readBody(c.req.raw, LARGEST_FAULT)) ?? ""));
    if (!given.success) return refusal(400, z.prettifyError(given.error));
    const all = putFault(faults(), given.data);
    storage.kv.put("faults", all);
    return Response.json({ faults: all });
  });
  app.delete("/_sandbox/faults", () => {
    storage.kv.delete("faults");
    return Response.json({ faults: [] });
  });
  app.all("/_sandbox/faults", () => notAllowed("GET, PUT, DELETE"));

  /** The people up to now. Applies only the calls that arrived since the last time. */
  function peopleBy(setting: Identifiers): People {
    const fold = folded.get(setting) ?? { people: createPeople({ identifiers: setting }), upTo: 0 };
    folded.set(setting, fold);
    for (const call of log.read({ region: null, after: fold.upTo, limit: Number.MAX_SAFE_INTEGER })) {
      fold.people.apply(call);
      fold.upTo = call.seq;
    }
    return fold.people;
  }

  return app;
}

const JSON_TYPE = { "content-type": "application/json" };

/** Any other value of the header means permissive. */
function isStrict(request: Request): boolean {
  return request.headers.get("x-strict-mode") === "1";
}

/**
 * Reads a body as text; `null` if it is larger than `limit` bytes. A larger body is still read to its end: workerd closes the connection
 * if the answer comes earlier, and the client would not see the answer.
 */
async function readBody(request: Request, limit: number): Promise<string | null> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    text = size > limit ? "" : text + decoder.decode(chunk, { stream: true });
  }
  return size > limit ? null : text + decoder.decode();
}

function* callsAsJson(calls: Iterable<RecordedCall>): Generator<string> {
  yield '{"calls":[';
  let separator = "\n";
  for (const call of calls) {
    yield separator + JSON.stringify(call);
    separator = ",\n";
  }
  yield "\n]}\n";
}

function success(): Response {
  return Response.json({});
}

function refusal(status: number, ...errors: readonly string[]): Response {
  return Response.json({ meta: { errors } }, { status });
}

function notAllowed(allow: string): Response {
  return Response.json({ meta: { errors: ["method not allowed"] } }, { status: 405, headers: { allow } });
}

/** The answer that a fault specifies. */
function failure({ status, retryAfter, location }: Fault): Response {
  // Hono answers a thrown Error with 500. A thrown string ends the request without an answer.
  if (status === 0) throw "connection closed by a fault";
  const headers = {
    ...JSON_TYPE,
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    ...(location === undefined ? {} : { location }),
  };
  return new Response(status === 304 ? null : JSON.stringify({ meta: { errors: [`fault: ${status}`] } }), { status, headers });
}
