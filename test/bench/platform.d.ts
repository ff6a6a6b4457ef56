/**
 * What the Worker's files name of the platform, for programs that run in Node and only read its types.
 */
import type { SqlStorage as PlatformSqlStorage } from "@cloudflare/workers-types/index.ts";

declare global {
  /** The database of an object. */
  interface SqlStorage extends PlatformSqlStorage {}
}
