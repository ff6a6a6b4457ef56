/**
 * Keeps each webhook in SQLite, on disk before it is answered.
 */
import { DatabaseSync } from "node:sqlite";
import { serve } from "./server.mjs";

const database = new DatabaseSync(process.env.DATABASE);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec("CREATE TABLE webhooks (id TEXT PRIMARY KEY, body BLOB)");
const insert = database.prepare("INSERT OR IGNORE INTO webhooks (id, body) VALUES (?, ?)");

serve((id, _event, bytes) => insert.run(id, bytes));
