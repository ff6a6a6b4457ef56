/**
 * The frame of every page: its head, the way around, and its title.
 */
import type { View } from "./view.ts";

/** What every page shows around its body. */
export interface Frame {
  /** The accounts that the way around names; none before a sign-in. */
  readonly accounts: readonly string[];
  /** The account and the page that are shown. */
  readonly account: string | null;
  readonly page: string;
  /** How whoever looks can sign out: by ending the session, or at Cloudflare Access; `none` if nobody signed in. */
  readonly signOut: "form" | "access" | "none";
}

const ROOMS = [
  ["events", "Events"],
  ["dead", "Dead letters"],
  ["people", "People"],
  ["conflicts", "Conflicts"],
  ["sources", "Sources"],
  ["plan", "Tracking plan"],
] as const;

/** Pages that the way around does not name, and the one whose part they are. */
const WITHIN: ReadonlyMap<string, string> = new Map([
  ["event", "events"],
  ["guide", "sources"],
  ["composer", "sources"],
]);

/** A whole document. */
export function Layout({ view, frame }: { readonly view: View; readonly frame: Frame }) {
  const { accounts, account, page, signOut } = frame;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${view.title}${account === null ? "" : ` · ${account}`} · Tributary`}</title>
        <link rel="stylesheet" href="/console/style.css" />
        <link rel="icon" href="data:," />
        <script src="/console/script.js" defer />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header>
          <a class="brand" href="/console">
            Tributary
          </a>
          <nav aria-label="Accounts">
            {accounts.map((name) => (
              <a href={`/console/${encodeURIComponent(name)}/events`} aria-current={name === account ? "true" : undefined}>
                {name}
              </a>
            ))}
          </nav>
          {signOut === "form" ? (
            <form method="post" action="/console/sign-out">
              <button type="submit">Sign out</button>
            </form>
          ) : null}
          {signOut === "access" ? <a href="/cdn-cgi/access/logout">Sign out</a> : null}
        </header>
        {account === null ? null : (
          <nav class="rooms" aria-label={`Pages of ${account}`}>
            {ROOMS.map(([path, name]) => (
              <a
                href={`/console/${encodeURIComponent(account)}/${path}`}
                aria-current={path === page ? "page" : path === WITHIN.get(page) ? "true" : undefined}
              >
                {name}
              </a>
            ))}
          </nav>
        )}
        <main id="main" data-live={view.live?.map((name) => `/console/${encodeURIComponent(name)}/live`).join(" ")}>
          <h1>{view.title}</h1>
          {view.grows ? (
            <p class="new" role="status">
              <button type="button" hidden data-new />
            </p>
          ) : null}
          {view.body}
        </main>
      </body>
    </html>
  );
}
