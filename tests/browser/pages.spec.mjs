// Every kind of page: no barrier that axe finds in light or dark, and nothing wider than the window.
import { AxeBuilder } from '@axe-core/playwright';

import { PAGES, addressOf, expect, test } from './reader.mjs';

for (const kind of Object.keys(PAGES)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${kind}: no barrier in ${colorScheme}`, async ({ page, request }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(await addressOf(kind, request));
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
    });
  }

  test(`${kind}: fits the window`, async ({ page, request }) => {
    await page.goto(await addressOf(kind, request));
    const [content, window] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
    expect(content).toBeLessThanOrEqual(window);
  });
}
