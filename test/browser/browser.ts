/**
 * Debian's Chromium, and its pages: each tells what went wrong on it.
 */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Debian's package, and others, put the browser. */
const PLACES = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** It loads nothing of its own, and no name but this machine's leads anywhere. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** What the browser says of a page with a status of 400 or more: the page itself was wanted. */
const REFUSED_PAGE = /^Failed to load resource: the server responded with a status of (401|409)/;

/** Starts the browser, with a profile of its own. @throws Error where there is none */
export function startBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((path) => path !== "" && existsSync(path));
  if (executablePath === undefined) throw new Error("There is no Chromium: apt-get install chromium");
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: isRoot ? [...ARGUMENTS, "--no-sandbox"] : ARGUMENTS });
}

/** A page, and what went wrong on it so far. */
export interface Watched {
  readonly page: Page;
  /** Errors of the console, exceptions, and requests for anything outside. */
  readonly problems: readonly string[];
}

/** Opens a page in a window of its own. @param origin of the Worker: nothing else may be asked for */
export async function openPage(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !REFUSED_PAGE.test(message.text())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) problems.push(`request for ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    const { host } = new URL(socket.url());
    if (host !== new URL(origin).host) problems.push(`socket to ${socket.url()}`);
  });
  return { page, problems };
}

/** Signs in, where a page asks for it. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("ADMIN_TOKEN of this Worker").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}
