/** The file of the bundled Worker, absolute. Served by `../setup/bundles.ts`. */
declare module "virtual:bundle/worker" {
  const file: string;
  export default file;
}

/** The file of the bundled sandbox, absolute. */
declare module "virtual:bundle/sandbox" {
  const file: string;
  export default file;
}
