/**
 * Whether everybody can use a page: what axe finds on it.
 */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What is serious or worse on the page, a line each. It is evaluated from outside: the page's own policy lets no other script in. */
export async function barriersOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await Reflect.get(window, "axe").run(document);
    const found: readonly { id: string; impact: string | null; nodes: readonly { html: string; failureSummary?: string }[] }[] =
      violations;
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} (${failureSummary})`));
  });
}

/** Whether the page is wider than the window: a reader would have to scroll sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
