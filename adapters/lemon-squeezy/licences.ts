/**
 * The licence keys that come with Lemon Squeezy's orders.
 */
import { each, maybe, on, pick } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { customOf, owned, ownerOf } from "./customers.ts";
import type { LEMON_SQUEEZY } from "./plan.schema.ts";

const own = ownEvents<typeof LEMON_SQUEEZY>();

const { id, text, integer } = maybe;

/**
 * Without the key itself. `disabled` is a number, although it is documented as `true`.
 * @see https://github.com/lmsqueezy/lemonsqueezy.js/blob/main/src/licenseKeys/types.ts
 */
const licence = owned.extend({
  ...each(id, "order_id", "product_id"),
  status: text,
  disabled: maybe.flag,
  ...each(integer, "activation_limit", "instances_count"),
  expires_at: maybe.isoTime,
});

/** A created or changed licence key. */
export function onLicence(event: "License Key Created" | "License Key Updated") {
  return on(licence, (l) =>
    own(event)(
      ownerOf(l, { order: l.order_id }),
      {
        license_key_id: l.id,
        ...pick(l, "order_id", "product_id", "disabled", "activation_limit", "expires_at"),
        activations: l.instances_count,
        status_raw: l.status,
      },
      customOf(l),
    ),
  );
}
