/**
 * Those who watch an account: each is told that something changed, and nothing else, and then asks for what it may see. A socket costs nothing while
 * nothing happens: the object may leave memory meanwhile.
 */

/** Sockets of one account at most. */
const MOST_WATCHERS = 100;

/** Changes that come together are told once, milliseconds. */
const TOGETHER = 250;

/** What the Worker may ask of an account object for those who watch. */
export interface AccountWatch {
  /** A socket that says when something changed: the answer to a request for an upgrade, or why there is none. */
  watch(): Promise<Response>;
}

/** What watchers need of the account object's state. */
type Sockets = Pick<DurableObjectState, "acceptWebSocket" | "getWebSockets">;

/** The watchers of an account. */
export interface Watchers {
  /** Takes one more. */
  admit(): Response;
  /** Tells all of them, soon. */
  tell(): void;
}

/** The watchers of an account; those from before the object was in memory too. */
export function createWatchers(sockets: Sockets): Watchers {
  let isTelling = false;
  return {
    admit: () => {
      if (sockets.getWebSockets().length >= MOST_WATCHERS) return new Response("Too many watch already.", { status: 503 });
      const { 0: client, 1: server } = new WebSocketPair();
      sockets.acceptWebSocket(server);
      return new Response(null, { status: 101, webSocket: client });
    },
    tell: () => {
      if (isTelling || sockets.getWebSockets().length === 0) return;
      isTelling = true;
      setTimeout(() => {
        isTelling = false;
        for (const socket of sockets.getWebSockets()) send(socket);
      }, TOGETHER);
    },
  };
}

/** One that is about to close can take nothing more. */
function send(socket: WebSocket): void {
  try {
    socket.send("changed");
  } catch {
    socket.close();
  }
}
