/**
 * Vendors and the tracking plan: what each says of it, and what its goldens show.
 */
import type { CatalogueEntry } from "../contract/catalogue-entry.ts";
import type { Adapter } from "../contract/interface.ts";
import type { AdapterPlan } from "../vocabulary/adapter-plan.schema.ts";
import { loadCatalogueEntry } from "./adapters.ts";
import { draftsOf, ownFieldsIn } from "./drafts.ts";
import { loadPlan } from "./plans.ts";
import { eventsIn, type ToldCall, type ToldEvent, toldBy, traitsIn } from "./told.ts";

/** A vendor. */
export interface Vendor {
  readonly adapter: Adapter;
  /** What its page alone says: the vendor's documentation, habits, setup. */
  readonly entry: CatalogueEntry;
  /** `null` where it says nothing. */
  readonly plan: AdapterPlan | null;
  /** The calls in its goldens, and the events and traits among them. */
  readonly told: readonly ToldCall[];
  readonly events: readonly ToldEvent[];
  readonly traits: readonly string[];
  /** The company's own fields that it hands over, as `custom_fields` names them. */
  readonly ownFields: readonly string[];
}

/** A vendor that keeps to the tracking plan: not one that passes on the sender's own names. */
export interface PlannedVendor extends Vendor {
  readonly plan: AdapterPlan;
}

/** The vendors of these adapters. */
export async function loadVendors(adapters: readonly Adapter[]): Promise<readonly Vendor[]> {
  return Promise.all(
    adapters.map(async (adapter) => {
      const drafted = await draftsOf(adapter);
      const told = toldBy(adapter.id, drafted);
      const entry = await loadCatalogueEntry(adapter.id);
      return {
        adapter,
        entry,
        plan: await loadPlan(adapter.id),
        told,
        events: eventsIn(told),
        traits: traitsIn(told),
        ownFields: ownFieldsIn(drafted),
      };
    }),
  );
}

/** Those that keep to the tracking plan, by their names. */
export function planned(vendors: readonly Vendor[]): readonly PlannedVendor[] {
  return vendors
    .flatMap((vendor) => (vendor.plan === null || vendor.plan.relays ? [] : [{ ...vendor, plan: vendor.plan }]))
    .sort((a, b) => a.adapter.name.localeCompare(b.adapter.name, "en"));
}
