/**
 * All vendors with what their fixtures become, which takes seconds: made once for the files that share a process.
 */
import { loadVendors, type Vendor } from "../../src/cli/vendors.ts";
import { ADAPTERS } from "../support/registry.ts";

/** The vendor of every adapter. */
export const VENDORS: readonly Vendor[] = await loadVendors([...ADAPTERS.values()]);
