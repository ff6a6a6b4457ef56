/**
 * The tracking plan: all families.
 */
import { ACCOUNT } from "./account.schema.ts";
import { AUDIENCES } from "./audiences.schema.ts";
import { BILLING } from "./billing.schema.ts";
import { COMMERCE } from "./commerce.schema.ts";
import { COMMUNITY } from "./community.schema.ts";
import type { EventDefinition } from "./definition.schema.ts";
import { ENGAGEMENT } from "./engagement.schema.ts";
import { FORMS_AND_MEETINGS } from "./forms-and-meetings.schema.ts";
import { PROJECTS } from "./projects.schema.ts";
import { SALES } from "./sales.schema.ts";
import { SUPPORT } from "./support.schema.ts";

/** The families by name. */
export const FAMILIES = {
  billing: BILLING,
  commerce: COMMERCE,
  account: ACCOUNT,
  engagement: ENGAGEMENT,
  support: SUPPORT,
  "forms-and-meetings": FORMS_AND_MEETINGS,
  sales: SALES,
  audiences: AUDIENCES,
  projects: PROJECTS,
  community: COMMUNITY,
} as const;

/** The name of a family. */
export type FamilyName = keyof typeof FAMILIES;

/** The name of a shared event of these families. */
export type EventName<Name extends FamilyName = FamilyName> = {
  [Key in Name]: keyof (typeof FAMILIES)[Key]["events"];
}[Name];

/** Every shared event by its name. */
export const PLAN: ReadonlyMap<string, EventDefinition> = new Map(
  Object.values(FAMILIES).flatMap(({ events }) => Object.entries<EventDefinition>(events)),
);
