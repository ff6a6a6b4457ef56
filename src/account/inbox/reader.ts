/**
 * The inbox as translation reads it.
 */
import type { InboxReader, InboxWebhook } from "../../translate/inbox.ts";
import type { Inbox } from "./inbox.ts";

/** Webhooks of one source that one round reads, and how many are read at a time. */
const MOST_WEBHOOKS = 600;
const PAGE = 50;

/**
 * The webhooks of a source behind its cursor, read page by page.
 * @param through no webhook behind this number
 * @param bytes of bodies, at the most
 */
export function readInbox(inbox: Inbox, source: string, after: number, through: number, bytes: number): InboxReader {
  let page: readonly InboxWebhook[] = [];
  let place = 0;
  let count = 0;
  let from = after;
  let room = bytes;
  const turn = (): void => {
    page = room > 0 && count < MOST_WEBHOOKS ? inbox.read(source, from, PAGE, room) : [];
    place = 0;
    count += page.length;
    room -= page.reduce((sum, { body }) => sum + body.byteLength, 0);
    from = page.at(-1)?.lastSeq ?? from;
  };
  turn();
  return {
    peek: () => {
      const entry = page[place];
      return entry !== undefined && entry.seq <= through ? entry : null;
    },
    skip: () => {
      place += 1;
      if (place >= page.length && page.length > 0) turn();
    },
  };
}
