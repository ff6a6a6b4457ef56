/**
 * GoCardless tells that a payment was confirmed or refunded, and no amount: its events hold ids alone.
 */
import { ledger } from "./ledger.ts";

export default ledger({ sales: {} });
