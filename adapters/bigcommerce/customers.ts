/**
 * BigCommerce's customers.
 */
import { deleted, on } from "../../src/contract/adapter.ts";
import { contactCreated } from "../../src/vocabulary/adapter.ts";
import { personOf, subject } from "./people.ts";

/** A customer has an account at the shop. */
export const onCreated = on(subject, ({ id, store }) => contactCreated(personOf(store, "customer", id), {}));

/** The shop deleted a customer. */
export const onDeleted = on(subject, ({ id, store }) => deleted(personOf(store, "customer", id), "Contact Deleted"));
