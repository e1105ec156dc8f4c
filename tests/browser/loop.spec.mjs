// The whole loop: a search finds nothing, the reader says what is missing, a reviewer plans it, an
// editor's commit names it, and the reader sees on the receipt what changed.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SECRET, git, signIn, test } from './house.mjs';
import { expect } from './reader.mjs';

const QUESTION = '盲盒抽奖';

test.describe.configure({ timeout: 60_000 });

test('what a search did not find is asked for, planned, written, and told', async ({ page, browser, house, hasScript, baseURL }) => {
  const question = `${QUESTION}${hasScript ? '规则' : '活动'}`;
  const main = page.getByRole('main');

  await page.goto('/');
  await main.getByRole('search').getByLabel('搜索帮助文章').fill(question);
  await main.getByRole('search').getByRole('button', { name: '搜索' }).click();
  await expect(page.locator('article.hit')).toHaveCount(0);
  const form = page.locator('form[action="/suggestions"]');
  await form.getByRole('textbox').first().fill('想知道怎么参加，有没有风险');
  await form.getByRole('button').click();
  await expect(page).toHaveURL(/\/feedback\/[0-9A-Z-]{19}$/);
  const present = page.locator('[aria-current=step]');
  await expect(present).toContainText('已收到');

  const desk = await (await browser.newContext({ baseURL, javaScriptEnabled: hasScript, locale: 'zh-CN' })).newPage();
  await signIn(desk);
  await expect(desk.locator('[data-row]').first()).toContainText('想知道怎么参加');
  await desk.getByRole('link', { name: '改进建议' }).click();
  await desk.getByRole('button', { name: '重新统计' }).click();
  const row = desk.getByRole('link', { name: new RegExp(question) });
  await expect(async () => {
    await desk.goto('/review/suggestions');
    await expect(row).toHaveCount(1, { timeout: 100 });
  }).toPass({ timeout: 20_000 });
  await row.click();
  await expect(desk.getByRole('main')).toContainText('想知道怎么参加，有没有风险');
  const trailer = await desk.locator('.trailer').innerText();
  expect(trailer).toMatch(/^Suggestion: S-[0-9A-Z]{10}$/);
  await desk.getByLabel('准备修改').check();
  await desk.getByLabel(/^答复/).fill('这周写一篇');
  await desk.getByRole('button', { name: '保存' }).click();
  await expect(desk.getByRole('status')).toContainText('已保存');

  await page.reload();
  await expect(present).toContainText('准备修改');
  await expect(main).toContainText('这周写一篇');

  const name = hasScript ? 'lottery' : 'event';
  writeFileSync(join(house.there, `accounts/${name}.md`), `# ${question}是什么\n\n参加前先看清合约。\n`);
  git(house.there, 'add', '-A');
  git(house.there, 'commit', '-q', '-m', `写清${question}\n\n${trailer}`);
  const body = '{}';
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
  const rung = await fetch(`${baseURL}/hooks/git`, { method: 'POST', body, headers: { 'x-hub-signature-256': signature } });
  expect(rung.status).toBe(202);

  await expect(async () => {
    await page.reload();
    await expect(present).toContainText('已经改好', { timeout: 100 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('已经改好，谢谢你指出来。');
  const made = page.locator('.made');
  await expect(made.getByRole('link', { name: `${question}是什么` })).toHaveAttribute('href', `/articles/accounts/${name}`);
  await expect(made.locator('time')).toBeVisible();
  await expect(main).toContainText('这周写一篇');
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'receipt-done.png'), fullPage: true });
  await made.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${question}是什么`);

  await desk.reload();
  await expect(desk.locator('.events')).toContainText('准备修改 → 已完成');
  await desk.context().close();
  await page.goto(`/search?q=${encodeURIComponent(question)}`);
  await expect(page.locator('article.hit').first()).toContainText(question);
});
