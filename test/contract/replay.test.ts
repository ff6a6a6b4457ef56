/**
 * Which webhooks may count again once they are forgotten: what docs/security.md says of it is true.
 */
import { describe, expect, test } from "vitest";
import { RETENTION } from "../../src/account/state/retention.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { judge, NOW, requestOf, sourceFor } from "../support/requests.ts";

describe("the lists of what may be replayed", () => {
  /** Does a webhook that was signed now still verify once the dedupe store may have forgotten it? */
  async function outlivesMemory(id: string): Promise<boolean> {
    const adapter = ADAPTERS.get(id);
    const fixture = fixturesOf(id).find(({ name }) => !name.startsWith("handshake"));
    if (!adapter || !fixture) throw new TypeError(`there is no fixture of ${id}`);
    const { verifier } = sourceFor(adapter, fixture).configured;
    const signed = await verifier.sign(requestOf(adapter, fixture), adapter.secret.demo, NOW);
    expect(await judge(verifier, signed, [adapter.secret.demo], NOW), id).toMatchObject({ ok: true });
    return (await judge(verifier, signed, [adapter.secret.demo], NOW + RETENTION)).ok;
  }

  const coverOf = (id: string) => {
    const [adapter, fixture] = [ADAPTERS.get(id), fixturesOf(id)[0]];
    return adapter && fixture ? sourceFor(adapter, fixture).configured.verifier.covers : null;
  };

  const [page = ""] = Object.values(
    import.meta.glob<string>("../../docs/security.md", { eager: true, query: "?raw", import: "default" }),
  );

  const listed = (name: string): readonly string[] =>
    [...(new RegExp(`<!-- ${name} -->\n(.+)`).exec(page)?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, id]) => id ?? "");

  const ids = [...ADAPTERS.keys()].sort();

  test("name every adapter whose vendor signs the body and no time", async () => {
    const found: string[] = [];
    for (const id of ids) if (coverOf(id) === "body" && (await outlivesMemory(id))) found.push(id);
    expect(listed("no signed time")).toEqual(found);
    expect(found.length).toBeGreaterThan(0);
  });

  test("name every adapter whose vendor signs nothing, or an id alone", async () => {
    expect(listed("nothing signed")).toEqual(ids.filter((id) => coverOf(id) === "nothing"));
    const withNonce = ids.filter((id) => coverOf(id) === "nonce");
    expect(listed("nonce signed")).toEqual(withNonce);
    for (const id of withNonce) expect(await outlivesMemory(id), id).toBe(false);
  });
});
