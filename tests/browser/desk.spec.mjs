// Every page of the desk: no barrier that axe finds, valid HTML, nothing wider than a phone. With SHOTS
// also pictures, in two widths, light and dark.
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';

import { signIn, test } from './house.mjs';
import { rules } from './markup.mjs';
import { expect } from './reader.mjs';

const SAID = ['第二步的按钮找不到，截图是旧的', '截图和现在的版本不一样', '步骤三做不成功，一直提示网络错误'];

test.describe.configure({ timeout: 180_000 });

test('the pages of the desk keep nobody out', async ({ page, request }) => {
  for (const [n, comment] of [...SAID, ...SAID, ...SAID].entries()) {
    const form = { helpful: 'no', reason: n % 2 ? 'outdated' : 'unclear', comment, q: '忘记密码' };
    const answer = await request.post('/articles/accounts/passcode/feedback', { form, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
  }
  await request.get('/search?q=' + encodeURIComponent('盲盒抽奖'));
  const looks = async (name, address) => {
    const answer = await page.request.get(address);
    const report = await rules.validateString(await answer.text());
    const faults = report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
    expect(faults, name).toEqual([]);
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [360, 1280]) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 800 });
        await page.goto(address);
        const content = await page.evaluate(() => document.scrollingElement.scrollWidth);
        expect(content, `${name} at ${width}`).toBeLessThanOrEqual(width);
        if (colorScheme === 'dark' && width === 360 && !process.env.SHOTS) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`), `${name}, ${colorScheme}`).toEqual([]);
        if (process.env.SHOTS) {
          await page.screenshot({ path: join(process.env.SHOTS, `desk-${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
    }
  };
  await looks('sign-in', '/review/sign-in');
  await signIn(page);
  const first = () => page.locator('[data-row]').first();
  const item = await first().getAttribute('href');
  await page.goto('/review/suggestions');
  await page.getByRole('button', { name: '重新统计' }).click();
  await expect(async () => {
    await page.goto('/review/suggestions');
    await expect(first()).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 20_000 });
  const suggestion = await first().getAttribute('href');
  await page.goto(suggestion);
  await page.getByLabel('准备修改').check();
  await page.getByLabel(/^答复|^内部备注/).fill('这周改');
  await page.getByRole('button', { name: '保存' }).click();
  const pages = { inbox: '/review/feedback', item, suggestions: '/review/suggestions?state=planned', suggestion, figures: '/review/figures', audit: '/review/audit' };
  for (const [name, address] of Object.entries(pages)) await looks(name, address);
});
