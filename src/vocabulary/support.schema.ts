/**
 * The tracking plan: tickets and chats.
 */
import { event, family } from "./definition.schema.ts";
import { TICKET_STATUSES } from "./enums.ts";
import { choice, count, number, text, texts, time } from "./shapes.schema.ts";

const ticketId = { ticket_id: text("the vendor's id of the ticket") };

const ticket = {
  subject: text("subject"),
  status: choice(TICKET_STATUSES, "status after the event; `pending`: the customer has to answer"),
  status_raw: text("the vendor's own word for the status"),
  previous_status: choice(TICKET_STATUSES, "status before"),
  priority: text("priority, in the vendor's words"),
  channel: text("channel on which it came: `email`, `web`, `chat` …"),
  ticket_kind: text("type of ticket, in the vendor's words"),
  ticket_url: text("page of the ticket"),
  agent_id: text("the vendor's id of the agent"),
  agent_name: text("name of the agent"),
  team_name: text("name of the team"),
  tags: texts("tags"),
};

const chat = {
  agent_id: text("the vendor's id of the agent"),
  agent_name: text("name of the agent"),
  agent_username: text("user name of the agent"),
  subject: text("subject"),
  channel: text("channel on which it came"),
  page_url: text("page on which it was started"),
  tags: texts("tags"),
};
const conversationId = { conversation_id: text("the vendor's id of the conversation") };

const example = { ticket_id: "1", subject: "Cannot sign in", status: "open" } as const;

/** Support. */
export const SUPPORT = family("Support", "Tickets and chats.", {
  "Ticket Created": event({ when: "A ticket was opened.", required: ticketId, optional: ticket, example }),
  "Ticket Updated": event({
    when: "A ticket changed in a way that no other event tells.",
    required: ticketId,
    optional: { ...ticket, changed: texts("names of what changed") },
    example,
  }),
  "Ticket Replied": event({
    when: "A ticket was answered: `author` says by which side.",
    required: ticketId,
    optional: {
      ...ticket,
      author: choice(["customer", "agent"], "who answered"),
      message_id: text("the vendor's id of the answer"),
    },
    example: { ...example, author: "agent" },
  }),
  "Ticket Solved": event({
    when: "A ticket was solved or closed.",
    required: ticketId,
    optional: ticket,
    example: { ...example, status: "solved" },
  }),
  "Ticket Reopened": event({ when: "A solved ticket was opened again.", required: ticketId, optional: ticket, example }),
  "Ticket Rated": event({
    when: "A person rated a ticket or a conversation.",
    optional: {
      ...ticketId,
      ...conversationId,
      ...ticket,
      rating: number("rating; the higher, the better"),
      rating_raw: text("the vendor's own word for the rating"),
      comment: text("the person's words"),
    },
    example: { ticket_id: "1", rating: 5 },
  }),
  "Live Chat Conversation Started": event({
    when: "A conversation began.",
    required: conversationId,
    optional: chat,
    example: { conversation_id: "c_1" },
  }),
  "Live Chat Conversation Ended": event({
    when: "A conversation was closed.",
    required: conversationId,
    optional: { ...chat, conversation_duration: count("length in seconds"), started_at: time("start of the conversation") },
    example: { conversation_id: "c_1", conversation_duration: 340 },
  }),
  "Live Chat Message Sent": event({
    when: "The person wrote a message.",
    required: conversationId,
    optional: { ...chat, message_id: text("the vendor's id of the message") },
    example: { conversation_id: "c_1", message_id: "m_1" },
  }),
  "Live Chat Message Received": event({
    when: "An agent or a bot wrote to the person.",
    required: conversationId,
    optional: { ...chat, message_id: text("the vendor's id of the message") },
    example: { conversation_id: "c_1", message_id: "m_1" },
  }),
});
