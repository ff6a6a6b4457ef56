/**
 * What the operator's routes know of a request.
 */
import type { AccessToken, Account, Config } from "../config/model.ts";

/** What the operator's routes need of the app that they are mounted in. */
export interface ConsoleEnvironment {
  Bindings: Record<string, unknown>;
  Variables: { config: Config; caller: Caller; account: Account };
}

/** Who asks, and for what. */
export interface Caller extends Pick<AccessToken, "scope"> {
  /** The variable of the token; `local` for a local run without one. */
  readonly name: string;
  /** The only account that it opens; `null` if it opens all of them, and the Worker. */
  readonly account: string | null;
}
