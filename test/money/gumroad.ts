/**
 * Gumroad's money: sales and charges of memberships in US cents. The ping of a partial refund has no amount, so only the whole can be told.
 */
import { ledger, recorded, type Sale, type Selling, type Webhook } from "./ledger.ts";

function ping(fixture: string, { id, minor }: Sale): Webhook {
  return recorded(fixture, { sale_id: `Sale${id}==`, price: minor });
}

/** Sales of one kind, all of which are in dollars. */
function selling(webhooks: Selling["webhooks"]): Selling {
  return { currencies: ["USD"], refundsAll: true, webhooks };
}

const refunds = (fixture: string, sale: Sale): readonly Webhook[] => sale.refunds.map(() => ping(fixture, sale));

export default ledger({
  sales: {
    // Both the account's ping and a subscription to the resource `sale` tell of each.
    "a product": selling((sale) => [ping("sale", sale), ping("sale.own_fields", sale), ...refunds("refund", sale)]),
    "a product that is paid back in parts": selling((sale) => [
      ping("sale", sale),
      ping("refund.partial", sale),
      ...refunds("refund", sale),
    ]),
    "a product, ordered before its release": selling((sale) => [
      recorded("sale.preorder", { price: sale.minor }),
      ping("sale", sale),
      ...refunds("refund", sale),
    ]),
    "a gift, which is a sale to its giver": selling((sale) => [
      ping("sale", sale),
      recorded("sale.gift", { gift_price: sale.minor }),
      ...refunds("refund", sale),
    ]),
    "a product whose buyer disputes in vain": {
      currencies: ["USD"],
      maxRefunds: 0,
      webhooks: (sale) => [ping("sale", sale), ping("dispute", sale), ping("dispute_won", sale)],
    },
    "the first charge of a membership": selling((sale) => [ping("sale.membership", sale), ...refunds("refund.membership", sale)]),
    "a membership that begins with a free trial": selling((sale) => [
      ping("sale.trial", { ...sale, id: `${sale.id}0` }),
      ping("sale.after_trial", sale),
      ...refunds("refund.membership", sale),
    ]),
    "a later charge of a membership": selling((sale) => [
      ping("sale.recurring", sale),
      recorded("subscription_updated", {}),
      ...refunds("refund.membership", sale),
    ]),
  },
});
