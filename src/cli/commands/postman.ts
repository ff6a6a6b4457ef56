/**
 * `npm run postman`: a collection of signed webhooks and of all calls of the Pipelines API, with environments.
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { fail } from "../exit-codes.ts";
import { print } from "../printer.ts";
import { inProject } from "../project.ts";
import { writePrivately } from "../setup/secret-files.ts";
import { LOCAL_ADDRESS } from "../workerd.ts";

/** The description of the operator's API, inside the project. */
const OPENAPI = "docs/openapi.json";

export const command = defineCommand({
  name: "postman",
  group: "Try it",
  summary: "Write a Postman collection, with signed webhooks",
  usage: { "[--account NAME] [--all]": "" },
  notes: [
    "It has a signed webhook, and a forged one, for each source; every call of the Pipelines API; and environments for the US, the EU and a local run. Beside it is the OpenAPI description of the operator's API.",
    "Most signatures have a time and are good for some minutes: write the collection again before you use it. Its files can hold secrets, and only you can read them.",
  ],
  options: {
    account: { type: "string", value: "NAME", default: "demo", description: "The account." },
    env: { type: "string", value: "us|eu", description: "The environment of wrangler.toml that has the account." },
    all: { type: "boolean", default: false, description: "Every sample that there is, not one for each source." },
    out: { type: "string", value: "FOLDER", default: "dist/postman", description: "Where the files go." },
  },
  environment: {
    PORT: "The port of the local Worker. Default: 8787.",
    SANDBOX_PORT: "The port of the local sandbox. Default: 8788.",
  },
  examples: {
    "": "The demo account. Import the folder dist/postman into Postman.",
    "--account acme --env eu": "An account of your own, signed with its secrets in .dev.vars.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments but options.");
    // They load every adapter: only where they are needed.
    const { findAccountHere } = await import("../configuration.ts");
    const { collectionOf, environmentsFor } = await import("../postman/collection.ts");
    const found = findAccountHere(values.account, values.env ?? null);
    if (!found.ok) return fail("usage", found.problem);
    const { account } = found;
    const out = resolve(
      process.env.INIT_CWD ?? inProject(""),
      values.out === "dist/postman" ? inProject(values.out) : values.out,
    );
    mkdirSync(out, { recursive: true });
    const url = (port: string) => `http://${LOCAL_ADDRESS}:${port}`;
    const urls = { worker: url(process.env.PORT ?? "8787"), sandbox: url(process.env.SANDBOX_PORT ?? "8788") };
    const environments = environmentsFor(urls, account.apiKey ?? "", account.region);
    const files = {
      "tributary.postman_collection.json": await collectionOf(account, Date.now(), values.all),
      ...Object.fromEntries(Object.entries(environments).map(([name, one]) => [`${name}.postman_environment.json`, one])),
    };
    for (const [name, content] of Object.entries(files)) writePrivately(join(out, name), `${JSON.stringify(content, null, 2)}\n`);
    const openapi = existsSync(inProject(OPENAPI)) ? ["openapi.json"] : [];
    for (const name of openapi) copyFileSync(inProject(OPENAPI), join(out, name));
    print([...Object.keys(files), ...openapi].map((name) => `written: ${join(values.out, name)}`).join("\n"));
    return "ok";
  },
});
