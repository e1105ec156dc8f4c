// The ways readers go, each with script, without, and on a phone.
import { ARTICLE, QUERY, expect, test } from './reader.mjs';

async function search(page, query) {
  await page.goto('/');
  await page.getByRole('main').getByRole('search').getByLabel('搜索帮助文章').fill(query);
  await page.getByRole('main').getByRole('search').getByRole('button', { name: '搜索' }).click();
}

// Presses Tab until the focus is where it should be.
async function tabTo(page, target) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.and(page.locator(':focus')).count()) return;
  }
  throw new Error('the keyboard does not lead there');
}

test('home shows search, urgent ways, and categories with their counts', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(/\S/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('main').getByRole('search')).toBeVisible();
  const urgent = page.getByRole('region', { name: '急事先看' }).getByRole('link');
  expect(await urgent.count()).toBeGreaterThan(0);
  const topics = page.getByRole('region', { name: '按主题浏览' });
  await expect(topics.getByRole('link', { name: /^交易/ })).toContainText(/\d+ 篇文章/);
  for (const topic of ['账户', '资金安全', '区块链']) await expect(topics).toContainText(topic);
  await urgent.first().click();
  await expect(page).toHaveURL(/\/articles\//);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a question leads to the article that answers it', async ({ page }) => {
  await search(page, QUERY);
  const first = page.locator('article.hit').first();
  await expect(first.getByRole('link').first()).toHaveAttribute('href', new RegExp(`^${ARTICLE}(#|\\?|$)`));
  await expect(first.locator('mark').first()).toBeVisible();
  await first.getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(ARTICLE));
  await expect(page.getByRole('navigation', { name: '当前位置' })).toContainText('交易');
});

test('a category narrows the results, and can be taken off again', async ({ page }) => {
  await search(page, '钱包');
  const all = await page.getByRole('status').first().textContent();
  const filters = page.getByRole('navigation', { name: '筛选' });
  await filters.getByRole('link', { name: /^账户/ }).first().click();
  await expect(page).toHaveURL(/category=accounts/);
  await expect(page.getByRole('status').first()).not.toHaveText(all);
  for (const category of await page.locator('article.hit .meta span').allTextContents()) expect(category).toBe('账户');
  await page.goto(page.url().replace(/category=accounts&?/, ''));
  await expect(page.getByRole('status').first()).toHaveText(all);
});

test('many results come in pages', async ({ page }) => {
  await search(page, '钱包');
  const first = await page.locator('article.hit h2').allTextContents();
  await page.getByRole('navigation', { name: '分页' }).getByRole('link', { name: '下一页' }).click();
  await expect(page).toHaveURL(/page=2/);
  const second = await page.locator('article.hit h2').allTextContents();
  expect(second.length).toBeGreaterThan(0);
  expect(second.filter((title) => first.includes(title))).toEqual([]);
});

test('nonsense gets a way on and no error', async ({ page }) => {
  for (const query of ['qqzzxxyy', '"', 'AND OR NOT', '😀', '<script>alert(1)</script>']) {
    const answer = await page.goto(`/search?q=${encodeURIComponent(query)}`);
    expect(answer.status()).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('a no with a reason and a comment gets a receipt', async ({ page, hasScript }) => {
  await page.goto(ARTICLE);
  const note = page.getByRole('region', { name: '这篇文章有帮助吗？' });
  if (hasScript) {
    await note.getByRole('button', { name: '没帮助' }).click();
    await expect(note.getByRole('status')).toContainText('谢谢');
  } else {
    await note.getByText('告诉编辑哪里不对').click();
  }
  await note.getByLabel('看不明白').check();
  await note.getByLabel('具体说说').fill('第二步的“查询”按钮在哪里？');
  await note.getByRole('button', { name: '提交' }).click();
  await expect(page).toHaveURL(/\/feedback\/[0-9A-Z-]+/);
  await expect(page.getByRole('main')).toContainText('第二步的“查询”按钮在哪里？');
  await expect(page.getByRole('main')).toContainText('已收到');
  await expect(page.getByRole('main')).toContainText('看不明白');
});

test('a recovery phrase in the form is stopped and not shown again', async ({ page }) => {
  const phrase = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
  await page.goto(`/search?q=${encodeURIComponent(phrase)}`);
  await expect(page.getByRole('main')).toContainText('助记词');
  await expect(page.getByRole('main')).not.toContainText('abandon');
  await expect(page.locator('article.hit')).toHaveCount(0);
});

test('the keyboard alone searches and opens an article', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused();
  await tabTo(page, page.getByRole('main').getByLabel('搜索帮助文章'));
  await page.keyboard.insertText(QUERY);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/search/);
  await tabTo(page, page.locator('article.hit').first().getByRole('link').first());
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(ARTICLE));
});

test('the official register tells a copy from the real thing', async ({ page }) => {
  await page.goto('/official');
  for (const [value, verdict] of [['help.example.com', '在官方登记里'], ['examp1e.com', '不在登记里'], ['evil.test', '不在官方登记里']]) {
    await page.getByLabel('网址、邮箱或账号').fill(value);
    await page.getByRole('button', { name: '核对' }).click();
    await expect(page.getByRole('main').getByRole('status')).toContainText(verdict);
  }
});
