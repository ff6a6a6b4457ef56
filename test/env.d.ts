declare namespace Cloudflare {
  interface Env {
    ACCOUNT: DurableObjectNamespace<import("../src/account/object.ts").AccountObject>;
    ACCOUNT_COPY: DurableObjectNamespace<import("../src/account/compaction/copy.ts").AccountCopy>;
    DIRECTORY: { getByName(name: string): import("../src/config/directory/record.ts").DirectoryObject };
    CDP_US: Fetcher;
    CDP_EU: Fetcher;
  }
  interface GlobalProps {
    mainModule: typeof import("../src/index.ts");
  }
}
