/**
 * The sandbox: a local stand-in for the Pipelines API, both regions, in one Durable Object so that everybody sees the same state.
 */
import type { SandboxEnvironment } from "./app.ts";

export { SandboxObject } from "./app.ts";

export default {
  fetch: (request, environment) => environment.SANDBOX.getByName("sandbox").fetch(request),
} satisfies ExportedHandler<SandboxEnvironment>;
