/**
 * The Postman collection, run by Postman's own command line against a Worker and a sandbox on this machine: each webhook's signature is right, each
 * call is one that the Pipelines API takes, and each request has the answer that the collection expects.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import newman, { type NewmanRunSummary } from "newman";
import { demoAccounts } from "../../src/cli/accounts.ts";
import { findAccountHere } from "../../src/cli/configuration.ts";
import { type Local, startLocal } from "../../src/cli/local.ts";
import { collectionOf, environmentsFor } from "../../src/cli/postman/collection.ts";
import { localSecrets } from "../../src/cli/secrets.ts";

let local: Local;
const directory = mkdtempSync(join(tmpdir(), "tributary-judges-"));

before(async () => {
  const start = await startLocal({
    ports: { worker: 0, sandbox: 0 },
    directory,
    accounts: () => ({ ok: true, accounts: demoAccounts() }),
    secrets: localSecrets,
    print: () => undefined,
  });
  if (!start.ok) throw new Error(start.problem);
  local = start.local;
});

after(async () => {
  await local?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function run(collection: object, environment: object): Promise<NewmanRunSummary> {
  return new Promise((settle, fail) => {
    newman.run({ collection, environment, reporters: [], timeoutRequest: 30_000 }, (error, summary) =>
      error === null ? settle(summary) : fail(error),
    );
  });
}

for (const name of ["demo", "demo-eu"])
  test(`every request of the collection of ${name} has the answer that it expects`, async () => {
    const found = findAccountHere(name);
    if (!found.ok) throw new Error(found.problem);
    const { account } = found;
    const environment = environmentsFor(local.urls, account.apiKey ?? "", account.region).local;
    assert.ok(environment);
    const { run: ran } = await run(await collectionOf(account, Date.now(), false), environment);
    const failures = ran.failures.map(({ error, source }) => `${source?.name}: ${error.message}`);
    assert.deepEqual(failures, []);
    assert.ok((ran.stats.requests.total ?? 0) > account.sources.size * 2);
    assert.ok((ran.stats.assertions.total ?? 0) > account.sources.size * 3);
    // What was sent by hand arrived in the account's region, and nowhere else.
    const calls: { calls: readonly { region: string; event: { userId?: string } }[] } = await (
      await fetch(`${local.urls.sandbox}/_sandbox/calls`)
    ).json();
    const own = calls.calls.filter(({ event }) => event.userId === "tributary-postman").map(({ region }) => region);
    assert.ok(own.includes(account.region));
  });
