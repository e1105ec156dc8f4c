// Pictures of every kind of page for people to look at: three widths, light and dark.
import { join } from 'node:path';

import { PAGES, addressOf, test } from './reader.mjs';

for (const kind of Object.keys(PAGES)) {
  test(`picture of ${kind}`, async ({ page, request }) => {
    const address = await addressOf(kind, request);
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [360, 768, 1280]) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: width < 500 ? 740 : 800 });
        await page.goto(address);
        await page.screenshot({ path: join(process.env.SHOTS, `${kind}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  });
}
