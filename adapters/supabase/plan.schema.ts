/**
 * Supabase and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const row = {
  schema: text("schema of the table"),
  table: text("the table"),
  row_id: text("the row's `id`"),
};

const example = { schema: "public", table: "orders", row_id: "1", custom_status: "new" };

/** Events that Supabase alone has. */
export const SUPABASE = family(
  "Supabase",
  "Rows of tables that are not people; the columns that the source lists are `custom_<column>`.",
  {
    "Row Created": event({ when: "A row was inserted.", optional: row, prefixes: ["custom_"], example }),
    "Row Updated": event({ when: "A row was changed.", optional: row, prefixes: ["custom_"], example }),
    "Row Deleted": event({ when: "A row was deleted.", optional: row, prefixes: ["custom_"], example }),
  },
);

export default adapterPlan({
  families: ["account"],
  lacks: {
    "Password Changed": "hashes of passwords are not compared",
    ...because("rows of tables of people are profiles", "Contact Created", "Contact Deleted"),
    ...because(
      "the database has no such table of its own",
      "Organization Created",
      "Organization Joined",
      "Organization Left",
      "Invitation Sent",
      "Invitation Accepted",
      "Invitation Revoked",
      "Waitlist Joined",
      "Waitlist Approved",
      "Waitlist Denied",
    ),
  },
  own: SUPABASE,
});
