/**
 * The Worker of local runs: as in production, and with a doctor that says why a webhook was refused.
 */
import { accountObject } from "../account/stub.ts";
import { createApp } from "../app.ts";
import { diagnose } from "./diagnose.ts";

export { AccountCopy } from "../account/compaction/copy.ts";
export { AccountObject } from "../account/object.ts";

export default { fetch: createApp({ accountObject, diagnose }).fetch };
