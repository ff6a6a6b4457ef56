/**
 * Google Play tells that something was bought or paid back, and no amount: its notifications hold ids alone.
 */
import { ledger } from "./ledger.ts";

export default ledger({ sales: {} });
