/**
 * Sources with an object of their own, where that does not do what it does within one object, or gains nothing.
 */
import { sourceSchema, sourcesIn, valueAt } from "../../config/schema.ts";
import { shardsIn } from "../../config/shards.ts";
import type { Adapter } from "../../contract/interface.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

/** Examines the sources of an environment that have `shard = true`. */
export function examineShards(
  environment: Environment,
  adapters: ReadonlyMap<string, Adapter>,
  report: Report,
): readonly Diagnosis[] {
  return sourcesOf(environment).flatMap(({ account, source, adapter: id, path }) => {
    const given = environment.accounts[account];
    if (!shardsIn(given).some(([name, takesWebhooks]) => name === source && takesWebhooks)) return [];
    const adapter = adapters.get(id);
    const options = sourceSchema.pick({ people: true }).safeParse(valueAt({ ACCOUNTS: environment.accounts }, path)).data;
    const owners = valueAt(given, ["profile_from"]);
    const warnings = [
      [environment.isSelfhosted, "gains nothing on plain workerd, where all objects share one thread: remove it."],
      [sourcesIn(given).length === 1, "gains nothing: the account has no other source. Remove it."],
      [
        adapter?.isUserDirectory === true,
        "keeps what this source says of your users' ids and addresses from all other sources: remove it, unless they name people by the same ids.",
      ],
      [
        (options?.people ?? adapter?.people) === "known",
        'leaves out events of all people whom this source itself has not proven, since people is "known" and its object knows no others: set people = "create", or remove it.',
      ],
      [
        Array.isArray(owners) && owners.length > 1 && owners.includes(source),
        "takes this source out of the order of profile_from: name it there alone, or not at all.",
      ],
    ] as const;
    const place = `${titleOf(environment)} ${account}.sources.${source}.shard`;
    return warnings.flatMap(([holds, text]) =>
      holds
        ? [report({ code: "shard", level: "warning", path: [...environment.path, "vars", ...path, "shard"], place, text })]
        : [],
    );
  });
}
