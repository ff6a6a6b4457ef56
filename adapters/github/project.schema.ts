/**
 * GitHub's own events about what people do in a project.
 */
import { event, TOPIC, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const repository = { repository: TOPIC.repository, private: TOPIC.private };
const inProject = { repository: "acme/app", private: false };
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
  "Discussion Started": event({ when: "A person started a discussion.", optional: TOPIC, example }),
  "Discussion Answered": event({ when: "A person's discussion got its answer.", optional: TOPIC, example }),
  "Discussion Commented": event({ when: "A person commented in a discussion.", optional: TOPIC, example }),
};
