// What a first visit costs, and that nothing moves once it is shown. Lighthouse is no part of the
// tests: its marks move with the machine. It gives home and article 100 in all four; results get 63 for
// search engines, and keep it: robots.txt and `noindex` hold pages of somebody's words out of indexes,
// or every link to /search?q=… that a spammer spreads would be a page of ours.
import { ARTICLE, PAGES, expect, test } from './reader.mjs';

// Bytes over the wire of a first page with everything it loads, as the browser counts them.
const FIRST_PAGE_BYTES_MAX = 40_000;

for (const kind of ['home', 'results', 'article']) {
  test(`${kind}: a first visit is light and nothing moves`, async ({ page, context, request }) => {
    // The page has been asked for before: it is kept in its smallest form, as on any day.
    await request.get(PAGES[kind], { headers: { 'accept-encoding': 'br' } });
    await page.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
        .observe({ type: 'layout-shift', buffered: true });
    });
    const client = await context.newCDPSession(page);
    await client.send('Network.enable');
    await client.send('Network.setCacheDisabled', { cacheDisabled: true });
    const loaded = new Map();
    client.on('Network.responseReceived', ({ requestId, response }) => loaded.set(requestId, { url: response.url, bytes: 0 }));
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { const one = loaded.get(requestId); if (one) one.bytes = encodedDataLength; });
    await page.goto(PAGES[kind], { waitUntil: 'networkidle' });
    await page.mouse.wheel(0, 4000);
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
    expect(await page.evaluate(() => window.shifts), 'layout shifts').toEqual([]);
    // Pictures of the article are the editors' own weight.
    const ours = [...loaded.values()].filter(({ url }) => !url.includes('/media/') && !url.startsWith('data:'));
    const bytes = ours.reduce((sum, one) => sum + one.bytes, 0);
    console.log(`${kind}: ${bytes} bytes in ${ours.length} requests`);
    expect(bytes, JSON.stringify(ours)).toBeLessThan(FIRST_PAGE_BYTES_MAX);
    expect(bytes).toBeGreaterThan(5_000);
  });
}

test('a first visit to an article in print shows the article alone', async ({ page }) => {
  await page.goto(ARTICLE);
  await page.emulateMedia({ media: 'print' });
  for (const part of ['.top', '.foot', '.note', '.side', '.crumbs']) await expect(page.locator(part).first()).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
