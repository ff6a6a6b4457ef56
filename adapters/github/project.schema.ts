/**
 * GitHub's own events about what people do in a project.
 */
import { count, event, flag, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const repository = { repository: text("owner and name of the repository"), private: flag("whether it is private") };
const inProject = { repository: "acme/app", private: false };

const topic = {
  ...repository,
  number: count("number of the issue, pull request or discussion"),
  title: text("its title"),
  state: text("its state, in GitHub's words"),
  url: text("page of it, or of the comment or review"),
};
const example = { ...inProject, number: 1, title: "Crash at start", state: "open" };

/** Events by name. */
export const PROJECT = {
  "Repository Starred": event({ when: "A person starred a repository.", optional: repository, example: inProject }),
  "Repository Unstarred": event({ when: "A person took a star back.", optional: repository, example: inProject }),
  "Repository Forked": event({
    when: "A person forked a repository.",
    optional: { ...repository, fork: text("owner and name of the fork") },
    example: { ...inProject, fork: "ada/app" },
  }),
  "Issue Opened": event({ when: "A person opened an issue.", optional: topic, example }),
  "Issue Reopened": event({ when: "A person's issue was opened again.", optional: topic, example }),
  "Issue Closed": event({
    when: "A person's issue was closed.",
    optional: { ...topic, reason: text("`completed`, `not_planned` …") },
    example: { ...example, state: "closed", reason: "completed" },
  }),
  "Issue Commented": event({ when: "A person commented on an issue or a pull request.", optional: topic, example }),
  "Pull Request Opened": event({ when: "A person opened a pull request.", optional: topic, example }),
  "Pull Request Merged": event({ when: "A person's pull request was merged.", optional: topic, example }),
  "Pull Request Closed": event({ when: "A person's pull request was closed without merging it.", optional: topic, example }),
  "Pull Request Reviewed": event({
    when: "A person reviewed a pull request.",
    optional: { ...topic, review_state: text("`approved`, `changes_requested` …") },
    example: { ...example, review_state: "approved" },
  }),
  "Discussion Started": event({ when: "A person started a discussion.", optional: topic, example }),
  "Discussion Answered": event({ when: "A person's discussion got its answer.", optional: topic, example }),
  "Discussion Commented": event({ when: "A person commented in a discussion.", optional: topic, example }),
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
};
