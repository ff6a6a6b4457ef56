/**
 * The tracking plan: accounts, contacts, organizations, invitations and waitlists.
 */
import { event, family } from "./definition.schema.ts";
import { text, time } from "./shapes.schema.ts";

const method = text("how: `password`, `google`, `sso` …, in the vendor's words");

const application = text("the company's application that it was for");

const organization = {
  organization_id: text("the vendor's id of the organization"),
  organization_name: text("name of the organization"),
  role: text("role in the organization, in the vendor's words"),
};

const invitation = {
  invitation_id: text("the vendor's id of the invitation"),
  ...organization,
  invitation_url: text("page on which it can be accepted"),
  invited_by_name: text("name of the person who invited"),
  expires_at: time("time until which it can be accepted"),
};

const waitlist = { waitlist_id: text("the vendor's id of the entry"), reason: text("why, in the vendor's words") };

const contact = {
  contact_kind: text("kind of contact, in the vendor's words: lead, customer, guest …"),
  created_by: text("what made it: a form, an import, a person …, in the vendor's words"),
};

/** Accounts. */
export const ACCOUNT = family("Account", "Accounts, contacts, organizations, invitations and waitlists.", {
  "User Signed Up": event({
    when: "A person made an account.",
    optional: { method, application, ...organization },
    example: { method: "google" },
  }),
  "User Signed In": event({
    when: "A person signed in.",
    optional: {
      method,
      application,
      ...organization,
      device: text("the device, in the vendor's words"),
      city: text("city"),
      country: text("country"),
    },
    example: { method: "password" },
  }),
  "Email Verified": event({ when: "A person proved an address to be theirs.", example: {} }),
  "Email Changed": event({ when: "A person's address changed.", example: {} }),
  "Password Changed": event({ when: "A person's password changed, set anew or reset.", optional: { method }, example: {} }),
  "Account Deleted": event({ when: "A person's account was deleted.", example: {} }),
  "Contact Created": event({
    when: "A vendor made a record of a person that is not an account: customer, lead, contact.",
    optional: contact,
    example: {},
  }),
  "Contact Deleted": event({ when: "A vendor deleted such a record.", optional: contact, example: {} }),
  "Organization Created": event({
    when: "A person made an organization.",
    optional: organization,
    example: { organization_id: "org_1", organization_name: "Acme" },
  }),
  "Organization Joined": event({
    when: "A person became a member of an organization.",
    optional: organization,
    example: { organization_id: "org_1", role: "admin" },
  }),
  "Organization Left": event({
    when: "A person is no longer a member of an organization.",
    optional: organization,
    example: { organization_id: "org_1" },
  }),
  "Invitation Sent": event({
    when: "A person was invited, to an organization where one is named.",
    optional: invitation,
    example: { invitation_id: "inv_1", organization_id: "org_1" },
  }),
  "Invitation Accepted": event({
    when: "A person accepted an invitation.",
    optional: invitation,
    example: { invitation_id: "inv_1", organization_id: "org_1" },
  }),
  "Invitation Revoked": event({
    when: "An invitation was withdrawn.",
    optional: invitation,
    example: { invitation_id: "inv_1", organization_id: "org_1" },
  }),
  "Waitlist Joined": event({ when: "A person asked for access.", optional: waitlist, example: {} }),
  "Waitlist Approved": event({ when: "A person's wish for access was granted.", optional: waitlist, example: {} }),
  "Waitlist Denied": event({ when: "A person's wish for access was refused.", optional: waitlist, example: {} }),
});
