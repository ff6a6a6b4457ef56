/**
 * WorkOS and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const directory = {
  directory_id: text("id of the directory"),
  organization_id: text("id of the organization that it belongs to"),
};

const inGroup = { ...directory, group_id: text("id of the group"), group_name: text("name of the group") };

const account = {
  connected_account_id: text("id of the connected account"),
  account_provider: text("where it is: `github`, `slack` …"),
  organization_id: text("id of the organization, where the account is connected for one"),
  error_code: text("the vendor's code of the failure"),
};

/** Users of directories. */
export const DIRECTORY_USERS = family("Users of directories", "Users of a customer's directory.", {
  "Directory User Created": event({
    when: "A customer's directory got a new user.",
    optional: directory,
    example: { directory_id: "directory_1" },
  }),
  "Directory User Removed": event({
    when: "A user was removed from a customer's directory.",
    optional: directory,
    example: { directory_id: "directory_1" },
  }),
});

/** Groups of directories. */
export const DIRECTORY_GROUPS = family("Groups of directories", "Groups of a customer's directory.", {
  "Directory Group Joined": event({
    when: "A user was added to a group of a customer's directory.",
    optional: inGroup,
    example: { directory_id: "directory_1", group_id: "directory_group_1" },
  }),
  "Directory Group Left": event({
    when: "A user was removed from a group of a customer's directory.",
    optional: inGroup,
    example: { directory_id: "directory_1", group_id: "directory_group_1" },
  }),
});

/** Accounts elsewhere. */
export const CONNECTED_ACCOUNTS = family("Connected accounts", "Accounts elsewhere that a user connects.", {
  "Account Connected": event({
    when: "A user connected an account elsewhere.",
    optional: account,
    example: { connected_account_id: "ca_1", account_provider: "github" },
  }),
  "Account Connection Failed": event({
    when: "A user could not connect an account elsewhere.",
    optional: account,
    example: { account_provider: "github", error_code: "access_denied" },
  }),
  "Account Disconnected": event({
    when: "A user disconnected an account elsewhere.",
    optional: account,
    example: { connected_account_id: "ca_1", account_provider: "github" },
  }),
  "Account Reauthorization Needed": event({
    when: "A user has to connect an account elsewhere again.",
    optional: account,
    example: { connected_account_id: "ca_1", account_provider: "github" },
  }),
});

export default adapterPlan({
  families: ["account"],
  lacks: {
    "Email Changed": "user.updated does not say what changed",
    ...because("has users alone", "Contact Created", "Contact Deleted"),
    "Organization Created": "the event names no person",
  },
  own: family("WorkOS", "Events that WorkOS alone has.", {
    ...DIRECTORY_USERS.events,
    ...DIRECTORY_GROUPS.events,
    ...CONNECTED_ACCOUNTS.events,
  }),
});
