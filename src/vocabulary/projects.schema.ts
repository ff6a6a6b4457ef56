/**
 * The tracking plan: what people do in a software project.
 */
import { event, family } from "./definition.schema.ts";
import { count, flag, text } from "./shapes.schema.ts";

const repository = {
  repository: text("owner and name of the repository, or the team that the issue belongs to"),
  private: flag("whether it is private"),
};

/** What an event about an issue, a pull request or a discussion may have. */
export const TOPIC = {
  ...repository,
  number: count("number of the issue, pull request or discussion"),
  title: text("its title"),
  state: text("its state, in the vendor's words"),
  url: text("page of it, or of the comment or review"),
};

const inProject = { repository: "acme/app", private: false };
const example = { ...inProject, number: 1, title: "Crash at start", state: "open" };

/** Projects. */
export const PROJECTS = family("Projects", "Issues, pull requests and code.", {
  "Issue Opened": event({ when: "A person opened an issue.", optional: TOPIC, example }),
  "Issue Reopened": event({ when: "A person's issue was opened again.", optional: TOPIC, example }),
  "Issue Closed": event({
    when: "A person's issue was closed.",
    optional: { ...TOPIC, reason: text("`completed`, `not_planned` …, in the vendor's words") },
    example: { ...example, state: "closed", reason: "completed" },
  }),
  "Issue Commented": event({ when: "A person commented on an issue or a pull request.", optional: TOPIC, example }),
  "Pull Request Opened": event({ when: "A person opened a pull request.", optional: TOPIC, example }),
  "Pull Request Merged": event({ when: "A person's pull request was merged.", optional: TOPIC, example }),
  "Pull Request Closed": event({ when: "A person's pull request was closed without merging it.", optional: TOPIC, example }),
  "Pull Request Reviewed": event({
    when: "A person reviewed a pull request.",
    optional: { ...TOPIC, review_state: text("`approved`, `changes_requested` …, in the vendor's words") },
    example: { ...example, review_state: "approved" },
  }),
  "Code Pushed": event({
    when: "A person pushed commits.",
    optional: {
      ...repository,
      ref: text("the branch or tag"),
      commit: text("hash of the last commit"),
      commits_count: count("number of commits"),
    },
    example: { ...inProject, ref: "refs/heads/main", commits_count: 1 },
  }),
  "Collaborator Added": event({ when: "A person was given access to a repository.", optional: repository, example: inProject }),
  "Collaborator Removed": event({ when: "A person lost access to a repository.", optional: repository, example: inProject }),
});
