/**
 * GitHub's own events about what people do in a project.
 */
import { event, TOPIC, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const repository = { repository: TOPIC.repository, private: TOPIC.private };
const example = { repository: "acme/app", private: false };

/** Events by name. */
export const PROJECT = {
  "Repository Starred": event({ when: "A person starred a repository.", optional: repository, example }),
  "Repository Unstarred": event({ when: "A person took a star back.", optional: repository, example }),
  "Repository Forked": event({
    when: "A person forked a repository.",
    optional: { ...repository, fork: text("owner and name of the fork") },
    example: { ...example, fork: "ada/app" },
  }),
};
