/**
 * Seals secrets under a new key, once it was put before the old one.
 */
import type { DirectoryRecord } from "../../config/directory/record.ts";
import type { DirectoryOutput, DirectoryParsed } from "./operations.ts";
import { type DirectoryContext, type DirectoryResult, refusal } from "./result.ts";
import { printsOf } from "./save.ts";

/** Accounts of one request. */
const STEP = 20;

/** Seals the secrets of some accounts under the first key again. */
export async function reseal(
  context: DirectoryContext,
  { cursor }: DirectoryParsed<"directory.reseal">,
): Promise<DirectoryResult<DirectoryOutput<"directory.reseal">>> {
  const { tools } = context;
  const { records, next: behind } = await tools.object().page(cursor, STEP);
  const closed: { readonly account: string; readonly number: number }[] = [];
  let resealed = 0;
  for (const record of records) {
    const secrets: DirectoryRecord["secrets"] = [];
    let changes = 0;
    for (const secret of record.secrets) {
      const { kind, source, number, sealed } = secret;
      const place = { uid: record.uid, kind, source, number };
      const text = await tools.sealing.open(sealed, place);
      if (text === null) closed.push({ account: record.name, number });
      if (text === null || (await tools.sealing.isCurrent(sealed))) {
        secrets.push(secret);
        continue;
      }
      const [fingerprint = ""] = await tools.sealing.fingerprints(text);
      secrets.push({ ...secret, fingerprint, sealed: await tools.sealing.seal(text, place) });
      changes += 1;
    }
    if (changes === 0) continue;
    const next = { ...record, secrets };
    const own = await printsOf(next, context);
    const written = await tools.object().write({ record: next, expected: record.revision, own });
    if (!written.ok) return refusal("conflict", "changed", `Account ${record.name} was changed meanwhile. Begin again.`);
    resealed += changes;
  }
  tools.cache.forget();
  return { ok: true, value: { resealed, closed, next: behind } };
}
