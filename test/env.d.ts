declare namespace Cloudflare {
  interface Env {
    ACCOUNT: DurableObjectNamespace<import("../src/account/object.ts").AccountObject>;
    ACCOUNT_COPY: DurableObjectNamespace<import("../src/account/compaction/copy.ts").AccountCopy>;
    CDP_US: Fetcher;
    CDP_EU: Fetcher;
  }
  interface GlobalProps {
    mainModule: typeof import("../src/index.ts");
  }
}
