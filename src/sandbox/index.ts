/**
 * The sandbox: a local replacement for the Pipelines API of both regions. One Durable Object holds all state.
 */
import type { SandboxEnvironment } from "./app.ts";

export { SandboxObject } from "./app.ts";

export default {
  fetch: (request, environment) => environment.SANDBOX.getByName("sandbox").fetch(request),
} satisfies ExportedHandler<SandboxEnvironment>;
