/**
 * The page on which an operator signs in.
 */
import type { View } from "./view.ts";

/** Asks for the token. @param refused whether the one before was wrong @param isClosed whether the Worker has none */
export function signInView(refused: boolean, isClosed: boolean): View {
  const status = 401;
  if (isClosed) {
    const body = (
      <p>
        The console is closed: this Worker has no <code>ADMIN_TOKEN</code> of at least 32 characters. Set one with{" "}
        <code>npx wrangler secret put ADMIN_TOKEN</code>, or put it behind Cloudflare Access and set <code>ACCESS_AUD</code>.
      </p>
    );
    return { title: "Sign in", status, body };
  }
  return {
    title: "Sign in",
    status,
    body: (
      <form method="post" action="/console/sign-in">
        {refused ? (
          <p class="notice" role="alert">
            This is not the ADMIN_TOKEN of this Worker.
          </p>
        ) : null}
        <p class="field">
          <label for="token">ADMIN_TOKEN of this Worker</label>
          <input id="token" name="token" type="password" autocomplete="current-password" required />
        </p>
        <p>
          <button type="submit">Sign in</button>
        </p>
        <p>The session ends after 12 hours.</p>
      </form>
    ),
  };
}
