import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { readWranglerConfig, SANDBOX_CONFIG } from "../../src/cli/project.ts";
import { serve } from "../../src/cli/workerd.ts";

/** A sandbox that serves, and how to end it. */
export interface RunningSandbox {
  /** Without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The sandbox at `SANDBOX_URL`, or one of our own. */
export async function startSandbox(): Promise<RunningSandbox> {
  const given = process.env.SANDBOX_URL;
  if (given !== undefined) return { url: given.replace(/\/$/, ""), stop: async () => {} };

  const folder = mkdtempSync(join(tmpdir(), "tributary-judges-"));
  const made = await bundle(ENTRIES.sandbox, join(folder, "bundle"));
  if (!made.ok) throw new Error(made.output);
  const state = join(folder, "state");
  const server = await serve(
    { config: readWranglerConfig(SANDBOX_CONFIG), file: made.file, port: 0, state, secrets: {}, sandbox: null },
    () => {},
  );
  return {
    url: `http://127.0.0.1:${server.port}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
