/**
 * BigCommerce tells that an order was paid or refunded, and no amount: its webhooks hold ids alone.
 */
import { ledger } from "./ledger.ts";

export default ledger({ sales: {} });
