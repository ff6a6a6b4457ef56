/**
 * Opens a page of the console in the browser.
 */
import { spawn } from "node:child_process";
import { linkTo } from "../../console/pages/view.ts";
import type { Target } from "../profiles.ts";
import type { Event } from "./event-line.ts";

/** The page of an event in the console. */
export function consolePage({ url, account }: Target, { source, id, webhook }: Pick<Event, "source" | "id" | "webhook">): string {
  return new URL(linkTo(account, "event", { source, id, webhook }), url).href;
}

/** Opens a page; where no browser can be started, nothing happens. */
export function openPage(url: string): void {
  const [command = "", ...args] = openerOf(process.platform);
  const child = spawn(process.env.BROWSER || command, [...(process.env.BROWSER ? [] : args), url], {
    stdio: "ignore",
    detached: true,
  });
  child.on("error", () => undefined);
  child.unref();
}

/** The system's own way to open an address. */
function openerOf(platform: NodeJS.Platform): readonly string[] {
  if (platform === "darwin") return ["open"];
  return platform === "win32" ? ["rundll32", "url.dll,FileProtocolHandler"] : ["xdg-open"];
}
