/** Served by `setup/recorded-files.ts`. */
declare module "virtual:recorded" {
  /** The text of each file, by its path in the folder of that name. */
  export const fixtures: Readonly<Record<string, string>>;
  export const golden: Readonly<Record<string, string>>;
  export const vectors: Readonly<Record<string, string>>;
}
