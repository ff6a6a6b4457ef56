/**
 * The tracking plan: what people write to each other, in a forum or a project's discussions.
 */
import { event, family } from "./definition.schema.ts";
import { TOPIC } from "./projects.schema.ts";
import { text } from "./shapes.schema.ts";

const optional = { ...TOPIC, category: text("category, in the vendor's words") };

const example = { number: 1, title: "How do I start the engine?", url: "https://forum.example.com/t/1" };

/** Communities. */
export const COMMUNITY = family("Community", "Discussions of a forum or a project.", {
  "Discussion Started": event({ when: "A person started a discussion.", optional, example }),
  "Discussion Answered": event({ when: "A person's discussion got its answer.", optional, example }),
  "Discussion Commented": event({ when: "A person commented in a discussion.", optional, example }),
});
