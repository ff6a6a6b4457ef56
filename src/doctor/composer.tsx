/**
 * The composer of local runs: how a source is set up at its vendor, and samples to send, as the vendor would and as nobody should. The command that
 * runs the Worker signs them.
 */
import * as z from "zod";
import { Steps } from "../console/pages/guide.tsx";
import { Action, refusalView, Table, Text } from "../console/pages/parts.tsx";
import { linkTo, type Room, type View } from "../console/pages/view.ts";

/** Asks the command that runs the Worker. */
export type AskRunner = (question: object) => Promise<unknown>;

/** What can be sent, and what the right answer is. */
const WAYS = [
  ["signed", "Send", "Signed as the vendor signs: 200."],
  ["unsigned", "Send unsigned", "Without a signature: 401."],
  ["tampered", "Send tampered with", "The body changed after signing: 401."],
  ["stale", "Send stale", "Signed eight days ago: 401, where the vendor signs the time."],
  ["duplicate", "Send twice", "The same webhook twice: 200, and the second time nothing new."],
] as const;

const aboutSchema = z.object({
  vendor: z.string(),
  docs: z.url({ protocol: /^https$/ }),
  setup: z.array(z.string()),
  events: z.array(z.string()),
});

const sentSchema = z.object({
  ids: z.array(z.string()),
  answers: z.array(z.object({ status: z.number(), text: z.string() })),
});

const problemSchema = z.object({ problem: z.string() });

/** The pages: one that shows, and one form. */
export function composerPages(ask: AskRunner): { readonly show: Room; readonly send: Room } {
  return {
    show: async ({ account, query }) => {
      const source = query.get("source") ?? "";
      const answer = await ask({ account, source });
      const about = aboutSchema.safeParse(answer);
      return about.success ? aboutView(account, source, about.data) : problemView(answer);
    },
    send: async ({ account, form }) => {
      const [source, event, how] = ["source", "event", "how"].map((name) => form.get(name) ?? "");
      const answer = await ask({ account, source, send: { event, how } });
      const sent = sentSchema.safeParse(answer);
      return sent.success ? sentView(account, source ?? "", how ?? "", sent.data) : problemView(answer);
    },
  };
}

function problemView(answer: unknown): View {
  const message = problemSchema.safeParse(answer).data?.problem ?? "The command that runs this Worker does not answer.";
  return refusalView({ status: 409, message });
}

function aboutView(account: string, source: string, { vendor, docs, setup, events }: z.output<typeof aboutSchema>): View {
  return {
    title: `Set up and try ${source}`,
    body: (
      <>
        <Steps guide={{ vendor, docs, steps: setup }} />
        <h2>Samples</h2>
        <p>Each is a new event with invented people. What becomes of it goes to the sandbox: nothing leaves this machine.</p>
        {events.length === 0 ? (
          <p>There are none.</p>
        ) : (
          <Action to={linkTo(account, "composer")} fields={{ source }}>
            <p class="field">
              <label for="field-event">Event</label>
              <select id="field-event" name="event">
                {events.map((event) => (
                  <option value={event}>{event}</option>
                ))}
              </select>
            </p>
            <Table
              caption="How it is sent"
              head={["", "What it is, and the right answer"]}
              rows={WAYS.map(([how, title, text]) => [
                <button type="submit" name="how" value={how}>
                  {title}
                </button>,
                text,
              ])}
            />
          </Action>
        )}
      </>
    ),
  };
}

function sentView(account: string, source: string, how: string, { ids, answers }: z.output<typeof sentSchema>): View {
  const right = WAYS.find(([name]) => name === how)?.[2] ?? "";
  return {
    title: "Sent",
    body: (
      <>
        <p>{right}</p>
        <Table
          caption="What the Worker answered"
          head={["Status", "Answer"]}
          rows={answers.map(({ status, text }) => [status, <Text>{text}</Text>])}
        />
        <ul>
          {ids.map((id) => (
            <li>
              <a href={linkTo(account, "events", { id })}>
                <Text>{id}</Text>
              </a>
            </li>
          ))}
        </ul>
        <p>
          <a href={linkTo(account, "composer", { source })}>Send another</a>
        </p>
      </>
    ),
  };
}
