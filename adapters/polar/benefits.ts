/**
 * Benefits that come with Polar's products.
 */
import * as z from "zod";
import { each, id, maybe, on, optional } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { customOf, owned, ownerOf } from "./customers.ts";
import type { POLAR } from "./plan.schema.ts";

const own = ownEvents<typeof POLAR>();

const grant = owned.extend({
  benefit: optional(z.object({ id, ...each(maybe.text, "type", "description") })),
  benefit_id: maybe.id,
});

/** A granted or revoked benefit. */
export function onGrant(event: "Benefit Granted" | "Benefit Revoked") {
  return on(grant, (g) =>
    own(event)(
      ownerOf(g),
      {
        benefit_grant_id: g.id,
        benefit_id: g.benefit?.id ?? g.benefit_id,
        benefit_kind: g.benefit?.type,
        description: g.benefit?.description,
        subscription_id: g.subscription_id,
        order_id: g.order_id,
      },
      customOf(g),
    ),
  );
}
