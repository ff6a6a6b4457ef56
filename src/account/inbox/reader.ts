/**
 * Reads a source's inbox for translation.
 */
import type { InboxReader, InboxWebhook } from "../../translate/inbox.ts";
import type { Inbox } from "./inbox.ts";

/** Maximum of webhooks of one source in one round, and in one page. */
const MOST_WEBHOOKS = 600;
const PAGE = 50;

/** The webhooks of a source, as far as one round may read them. */
export interface PageReader extends InboxReader {
  /** Whether there may be later ones. */
  isCut(): boolean;
}

/**
 * The webhooks of a source after its cursor, read page by page.
 * @param through the last sequence number
 * @param bytes maximum of body bytes
 */
export function readInbox(inbox: Inbox, source: string, after: number, through: number, bytes: number): PageReader {
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
    isCut: () => room <= 0 || count >= MOST_WEBHOOKS,
    ahead: () => page.slice(place).filter(({ seq }) => seq <= through),
  };
}
