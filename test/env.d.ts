declare namespace Cloudflare {
  interface Env {
    ACCOUNT: DurableObjectNamespace<import("../src/account/object.ts").AccountObject>;
    CDP_US: Fetcher;
    CDP_EU: Fetcher;
  }
  interface GlobalProps {
    mainModule: typeof import("../src/index.ts");
  }
}
