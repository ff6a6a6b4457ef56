/**
 * The Worker as it is deployed.
 */
import { accountObject } from "./account/stub.ts";
import { createApp } from "./app.ts";

export { AccountCopy } from "./account/compaction/copy.ts";
export { AccountObject } from "./account/object.ts";
export { AccountDirectory } from "./config/directory/object.ts";

export default { fetch: createApp({ accountObject }).fetch };
