/**
 * The rules of a resolution, as docs/identity.md counts them.
 */
import type { Step } from "../../identity/resolve.ts";

/** Each rule by its number and in words. */
export const RULES: Readonly<Record<Step, string>> = {
  user_in_facts: "1, the user id in the facts",
  user_of_id: "2, the user id that is linked to the id",
  user_of_address: "3, the user id that has the address",
  address_of_id: "4, the address that is linked to the id",
  address_in_facts: "5, the address in the facts",
  anonymous: "6, an anonymous id",
};
