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

/** Served by `setup/recorded-files.ts`. */
declare module "virtual:recorded" {
  /** The text of each file, by its path in the folder of that name. */
  export const fixtures: Readonly<Record<string, string>>;
  export const golden: Readonly<Record<string, string>>;
  export const vectors: Readonly<Record<string, string>>;
}
