/**
 * The Worker of local runs: the same as in production, with a diagnosis of refused webhooks.
 */
import { accountObject } from "../account/stub.ts";
import { createApp } from "../app.ts";
import { diagnose } from "./diagnose.ts";

export { AccountCopy } from "../account/compaction/copy.ts";
export { AccountObject } from "../account/object.ts";
export { AccountDirectory } from "../config/directory/object.ts";

export default { fetch: createApp({ accountObject, diagnose }).fetch };
