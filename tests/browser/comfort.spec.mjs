// What is kept on the device and what depends on where and when the reader is: recent searches, the
// checklist, opening hours, composing, enlarged pictures, callouts in every light.
import { AxeBuilder } from '@axe-core/playwright';

import { ARTICLE, expect, test } from './reader.mjs';

const PHRASE = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

test('recent searches stay on the device and go when asked to', async ({ page }) => {
  const sent = [];
  await page.goto('/');
  const recent = page.getByRole('navigation', { name: '最近搜过' });
  await expect(recent).toBeHidden();
  for (const q of ['转账没到账', '助记词', '转账没到账']) await page.goto(`/search?q=${encodeURIComponent(q)}`);
  await page.goto(`/search?q=${encodeURIComponent(PHRASE)}`);
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''} ${JSON.stringify(request.headers())}`));
  await page.goto('/');
  await expect(recent.getByRole('link')).toHaveText(['转账没到账', '助记词']);
  // Neither a cookie nor a request tells of them, and no phrase is among them.
  expect(sent.join('\n')).not.toContain(encodeURIComponent('助记词'));
  expect(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).not.toContain('abandon');
  await recent.getByRole('link', { name: '助记词' }).click();
  await expect(page).toHaveURL(/\/search\?q=/);
  await page.goto('/');
  await recent.getByRole('button', { name: '清除' }).click();
  await expect(recent).toBeHidden();
  await page.reload();
  await expect(recent).toBeHidden();
  expect(await page.evaluate(() => localStorage.getItem('searches'))).toBeNull();
});

test('a button empties the box, by keyboard too', async ({ page }) => {
  await page.goto('/');
  const form = page.getByRole('main').getByRole('search');
  const clear = form.getByRole('button', { name: '清空' });
  const box = form.getByLabel('搜索帮助文章');
  await expect(clear).toBeHidden();
  await box.pressSequentially('转账');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(clear).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(box).toHaveValue('');
  await expect(box).toBeFocused();
  await expect(clear).toBeHidden();
  await expect(page.getByRole('option')).toHaveCount(0);
});

test('nothing is asked while an input method composes', async ({ page, context }) => {
  await page.goto('/');
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('suggest')) asked.push(request.url()); });
  const box = page.getByRole('main').getByRole('combobox');
  await box.focus();
  const client = await context.newCDPSession(page);
  for (const text of ['z', 'zhu', 'zhu ji', 'zhu ji ci']) {
    await client.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await expect(box).toHaveValue('zhu ji ci');
  // Longer than the script waits before it asks.
  await page.waitForFunction((from) => performance.now() - from > 300, await page.evaluate(() => performance.now()));
  expect(asked).toEqual([]);
  await client.send('Input.insertText', { text: '助记词' });
  await expect(page.getByRole('option').first()).toContainText('助记词');
  expect(asked).toHaveLength(1);
});

test('the checklist makes one text, on the device alone, and no phrase gets into it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/contact');
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  await page.getByLabel('账户类型').fill('硬件钱包');
  await page.getByLabel('发生了什么').fill(PHRASE);
  await page.getByRole('button', { name: '生成文字' }).click();
  await expect(page.getByText('已经拦下')).toBeVisible();
  const made = page.getByLabel('复制这段文字');
  await expect(made).toBeHidden();
  await page.getByLabel('发生了什么').fill('转账一小时没到');
  await page.getByRole('button', { name: '生成文字' }).click();
  await expect(made).toHaveValue(/硬件钱包[^]*转账一小时没到/);
  await expect(made).toHaveAttribute('readonly', '');
  await page.locator('[data-made]').getByRole('button').click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await made.inputValue());
  // The browser may still fetch the icon of the page.
  expect(sent.filter((url) => !url.includes('/static/'))).toEqual([]);
  await page.reload();
  await expect(page.getByLabel('账户类型')).toHaveValue('');
});

test.describe('far from the office', () => {
  test.use({ timezoneId: 'Europe/London' });

  test('opening hours are told in the reader\'s zone, by the reader\'s clock', async ({ page, request }) => {
    const answer = await (await request.get('/contact')).text();
    // The present or next opening as the server sees it: the clock below is set around it.
    const [, from, to] = /data-from="([^"]+)" data-to="([^"]+)"/.exec(answer);
    const [opens, closes] = [new Date(from).getTime(), new Date(to).getTime()];
    const local = page.locator('.local').first();
    const at = async (time) => {
      await page.clock.setFixedTime(new Date(time));
      await page.goto('/contact');
      await expect(local).toBeVisible();
      return local.textContent();
    };
    const hour = (time) => new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Europe/London' }).format(time);
    const before = await at(opens - 3 * 3_600_000);
    expect(before).toContain(hour(opens));
    expect(before).toContain(hour(closes));
    expect(before).toContain('Europe/London');
    expect(before).toContain('3小时后开始');
    expect(await at(closes - 40 * 60_000)).toContain('40分钟后结束');
  });
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('a picture is opened large and closed again by keyboard, and nothing else moves', async ({ page }) => {
    await page.goto(ARTICLE);
    const zoom = page.locator('.zoom').first();
    const picture = zoom.locator('summary img');
    const next = page.getByRole('heading', { level: 2, name: '先查交易状态' });
    await picture.scrollIntoViewIfNeeded();
    const [small, place] = [await picture.boundingBox(), await next.boundingBox()];
    await zoom.locator('summary').focus();
    await page.keyboard.press('Enter');
    const frame = await zoom.locator('summary').boundingBox();
    const { width, height } = page.viewportSize();
    expect([frame.x, frame.y, frame.height]).toEqual([0, 0, height]);
    // All of the window but the place of the scroll bar.
    expect(frame.width).toBeGreaterThan(width - 20);
    expect((await picture.boundingBox()).height).toBeGreaterThan(small.height);
    expect((await next.boundingBox()).y).toBeCloseTo(place.y, 0);
    await page.keyboard.press('Enter');
    expect((await picture.boundingBox()).height).toBeCloseTo(small.height, 0);
    await page.emulateMedia({ media: 'print' });
    await expect(zoom.locator('> img')).toBeHidden();
    await expect(picture).toBeVisible();
  });
});

test('Escape closes an enlarged picture, which keeps nobody out', async ({ page }) => {
  await page.goto(ARTICLE);
  const zoom = page.locator('.zoom').first();
  await zoom.locator('summary').click();
  await expect(zoom).toHaveAttribute('open', '');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(zoom).not.toHaveAttribute('open', '');
  await expect(zoom.locator('summary')).toBeFocused();
});

for (const [name, media] of Object.entries({
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'high contrast, light': { colorScheme: 'light', contrast: 'more' },
  'high contrast, dark': { colorScheme: 'dark', contrast: 'more' },
  'forced colours': { forcedColors: 'active' },
})) {
  test(`callouts of an English article can be read in ${name}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce', ...media });
    await page.goto('/articles/en/security/stolen-first-hour?ui=en');
    const callouts = page.locator('.callout');
    expect(await callouts.count()).toBeGreaterThan(0);
    for (const title of await page.locator('.callout-title').allTextContents()) expect(title).toMatch(/^(Tip|Note|Important|Warning|Caution)$/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('the English home page speaks English and names what does not', async ({ page }) => {
  await page.goto('/?ui=en');
  await expect(page.getByRole('link', { name: /A transfer has not arrived/ }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: /代币不显示/ }).first()).toContainText('简体中文');
  await page.goto('/categories/transactions?ui=en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Transactions');
  await expect(page.locator('.list').getByRole('link', { name: 'A transfer has not arrived' })).toHaveAttribute('href', '/articles/en/transactions/not-arrived');
});

test('a refused phrase stays in no address, and going back does not find it', async ({ page }) => {
  await page.goto('/');
  await page.goto(`/search?q=${encodeURIComponent(PHRASE)}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('请不要输入助记词或私钥');
  expect(page.url()).not.toContain('abandon');
  await page.goto('/contact');
  await page.goBack();
  expect(page.url()).not.toContain('abandon');
  expect(await page.evaluate(() => document.referrer)).not.toContain('abandon');
});
