/**
 * The Worker of a release to come, whose store has one migration more.
 */
import { MIGRATIONS, migrate } from "../../../../src/account/state/migrations.ts";
import { openStore } from "../../../../src/account/state/store.ts";
import worker, { AccountObject as Today } from "../../../../src/index.ts";

const NEXT = [
  "ALTER TABLE dead ADD COLUMN note TEXT",
  "CREATE TABLE later (id INTEGER PRIMARY KEY, value TEXT NOT NULL)",
  "UPDATE state SET value = json_set(value, '$.later', 1)",
];

export class AccountObject extends Today {
  constructor(...given: ConstructorParameters<typeof Today>) {
    super(...given);
    migrate(openStore(this.ctx.storage), [...MIGRATIONS, NEXT]);
  }
}

export { AccountCopy, AccountDirectory } from "../../../../src/index.ts";
export default worker;
