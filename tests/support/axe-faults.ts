/** What axe finds wrong with a page as it is now. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** @returns the rule and the elements, for each fault */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // By the browser's debugger: the page's own policy lets no foreign script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await inPage.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
}
