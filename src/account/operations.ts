/**
 * Everything that an operator may ask of an account. The console makes its routes from this table, the commands their requests.
 */
import type * as z from "zod";
import { testAlert } from "./alerts/operations.ts";
import { compact } from "./compaction/operations.ts";
import { discardDead, listDead, replayDead, showDead } from "./dead-letters/operations.ts";
import { liftErasure } from "./erasure/lift.ts";
import { demandErasure, erasureStatus, reachOfErasure, startErasure } from "./erasure/operations.ts";
import { listMinutes } from "./events/minutes.ts";
import { listEvents, replayEvents, showOneEvent } from "./events/operations.ts";
import { listTold } from "./events/told.ts";
import { health } from "./health.ts";
import { importWebhooks } from "./inbox/import-operation.ts";
import type { OperationAnswer } from "./operation.ts";
import { decideConflict, listConflicts } from "./people/conflict-operations.ts";
import { explainIdentity } from "./people/explain-operation.ts";
import { exportIdentities, pullIdentities, seedIdentities } from "./people/operations.ts";
import { secretsUsed } from "./secrets-operation.ts";
import { listSources, showLedger } from "./sources-operation.ts";

/** Every operation, by name. */
export const OPERATIONS = {
  health,
  sources: listSources,
  ledger: showLedger,
  minutes: listMinutes,
  told: listTold,
  secrets: secretsUsed,
  "events.list": listEvents,
  "events.show": showOneEvent,
  "events.replay": replayEvents,
  "webhooks.import": importWebhooks,
  "dead.list": listDead,
  "dead.show": showDead,
  "dead.replay": replayDead,
  "dead.discard": discardDead,
  "identities.export": exportIdentities,
  "identities.seed": seedIdentities,
  "identities.pull": pullIdentities,
  "people.explain": explainIdentity,
  "conflicts.list": listConflicts,
  "conflicts.decide": decideConflict,
  "alerts.test": testAlert,
  "erase.status": erasureStatus,
  "erase.start": startErasure,
  "erase.reach": reachOfErasure,
  "erase.demand": demandErasure,
  "erase.lift": liftErasure,
  compact,
} as const;

/** The name of an operation. */
export type OperationName = keyof typeof OPERATIONS;

/** What an operation is given: in the path and the query as texts, in a body as JSON. */
export type OperationInput<Name extends OperationName> = z.input<(typeof OPERATIONS)[Name]["input"]>;

/** What an operation answers. */
export type OperationOutput<Name extends OperationName> = z.output<ReturnType<(typeof OPERATIONS)[Name]["output"]>>;

/** Whether there is an operation of this name. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/** The names of all operations. */
export const OPERATION_NAMES: readonly OperationName[] = Object.keys(OPERATIONS).filter(isOperationName);

/** What an operator may ask of an account object. */
export interface AccountOperations {
  /**
   * Performs an operation of the table, or says why not.
   * @param input JSON text, checked by the object: a body may be nested too deeply to cross as a value
   */
  operate(operation: OperationName, input: string): Promise<OperationAnswer>;
}

/** What ends an account object. */
export interface AccountRemoval {
  /** Deletes everything that is stored, of an account that was removed. @returns `false` while its database moves: ask again */
  wipe(): Promise<boolean>;
}
