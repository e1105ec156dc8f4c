// The site as files: written by `wenqu build`, served below a folder by a server that knows nothing,
// searched in the browser. What needs a server must not be pretended.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AxeBuilder } from '@axe-core/playwright';

import { rules } from './markup.mjs';
import { expect, test as base } from './reader.mjs';

const ARTICLES = fileURLToPath(new URL('../../articles', import.meta.url));
const FOLDER = '/some/folder';
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', png: 'image/png', md: 'text/markdown' };
// Mean reciprocal rank over the judgments of the sample articles; the server and the browser have 0.959.
const MRR_MIN = 0.94;

base.describe.configure({ timeout: 120_000 });

const test = base.extend({
  still: [async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'still-'));
    const site = join(folder, 'site');
    const args = ['build', '--output', site, '--articles', ARTICLES, '--data', join(folder, 'data'), '--json'];
    const told = JSON.parse(execFileSync(process.env.WENQU, args));
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url, 'http://a').pathname);
      if (!path.startsWith(`${FOLDER}/`)) return response.writeHead(404).end();
      const name = path.endsWith('/') ? `${path}index.html` : path;
      try {
        const body = readFileSync(join(site, normalize(name.slice(FOLDER.length))));
        response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'text/plain' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    await use({ told, url: `http://127.0.0.1:${server.address().port}${FOLDER}/` });
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }, { scope: 'worker', timeout: 120_000 }],
  baseURL: async ({ still }, use) => use(still.url),
});

async function search(page, q) {
  await page.goto('');
  const form = page.getByRole('main').getByRole('search');
  await form.getByLabel('搜索帮助文章').fill(q);
  await form.getByRole('button', { name: '搜索' }).click();
  await expect(page).toHaveURL(/\/some\/folder\/search\.html\?q=/);
}

test('a question is answered without a server', async ({ page, still }) => {
  for (const q of ['转账没到账', '轉帳沒到帳', 'zhuanzhang meidaozhang']) {
    await search(page, q);
    const first = page.locator('article.hit').first();
    await expect(first.getByRole('link'), q).toHaveAttribute('href', /^articles\/(zh-tw\/)?transactions\/(exchange-withdrawal-)?not-arrived\.html/);
    await expect(page.getByRole('status').first()).toContainText('篇文章');
  }
  await search(page, '住记词忘了怎么办');
  await expect(page.getByText('已按“助记词忘了怎么办”搜索')).toBeVisible();
  const first = page.locator('article.hit').first();
  await expect(first.locator('mark').first()).toHaveText(/助记词/);
  await first.getByRole('link').click();
  await expect(page).toHaveURL(`${still.url}articles/accounts/lost-recovery-phrase.html`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('助记词丢了还能找回吗');
});

test('what was mended is said, with the way back; another reading is offered', async ({ page }) => {
  for (const [q, meant] of [['住记词忘了怎么办', '助记词忘了怎么办'], ['zhujici', '助记词']]) {
    await search(page, q);
    await expect(page.getByText(`已按“${meant}”搜索`)).toBeVisible();
    await page.getByRole('link', { name: `仍要搜“${q}”` }).click();
    await expect(page).toHaveURL(/exact=1/);
    await expect(page.getByRole('status').first()).toBeVisible();
    await expect(page.getByText('已按“')).toHaveCount(0);
  }
  // One letter off in a short word may be another word.
  await search(page, 'walet');
  await expect(page.locator('p.read')).toHaveText('你是不是想找：wallet');
  await page.getByRole('link', { name: 'wallet', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('“wallet”的搜索结果');
});

test('a question about something else is not mended into nonsense, and is not answered for sure', async ({ page }) => {
  const foreign = ['换壁纸', '地质', '天气', '大象', '气象', 'tianqi', 'fangan', 'huoguo', 'pingguo'];
  const known = { 住记词: '助记词', zhujici: '助记词', 旷工费不足: '矿工费不足', '"助记词" siyue': '"助记词" 私钥', 换币: '', 助记词: '' };
  await page.goto('search.html');
  const read = (queries) => page.evaluate(async (list) => {
    const [find] = await document.querySelector('[data-index]').prepare();
    return Object.fromEntries(list.map((q) => [q, find(q)]).map(([q, { corrected, sure }]) => [q, { corrected, sure }]));
  }, queries);
  // Names are no slips of one another, whether an article has them or not.
  for (const name of ['keystone 钱包怎么连接', 'usde 怎么提', '火币']) {
    const { corrected, other } = await page.evaluate(async (q) => (await document.querySelector('[data-index]').prepare())[0](q), name);
    expect([name, corrected, other]).toEqual([name, '', '']);
  }
  expect(await read(foreign)).toEqual(Object.fromEntries(foreign.map((q) => [q, { corrected: '', sure: false }])));
  expect(await read(Object.keys(known))).toEqual(Object.fromEntries(Object.entries(known).map(([q, corrected]) => [q, { corrected, sure: true }])));
  await search(page, '天气');
  await expect(page.getByText('没有十分贴切的文章')).toBeVisible();
  await expect(page.getByRole('status').first()).toContainText('或许有关');
  await expect(page.locator('article.hit:visible')).toHaveCount(3);
});

test('it is ready at once for ten times as many articles, and reads alike in whatever order its words come', async ({ page }) => {
  await page.goto('search.html');
  const { ready, answered, differ } = await page.evaluate(async () => {
    const place = document.querySelector('[data-index]');
    const [find, index] = await place.prepare();
    const articles = Array.from({ length: 10 }, (_, n) => index.articles.map((article) => ({ ...article, id: `${n}/${article.id}`, root: `${n}/${article.root}` }))).flat();
    const start = performance.now();
    const large = place.rooms.search({ ...index, articles });
    const ready = performance.now() - start;
    large('我昨天从交易所提币到钱包，地址填错了怎么办');
    const answered = performance.now() - start - ready;
    const turn = (list) => [...list.slice(0, index.trade).reverse(), ...list.slice(index.trade).reverse()];
    const turned = place.rooms.search({ ...index, words: turn(index.words.split(' ')).join(' '), counts: turn(index.counts) });
    const asked = ['yidong', 'xianzhi', 'yijian', 'qizhi', 'jiaoyi', 'shouxufei', 'dizhi', 'zhuanzhang', 'sqsb', 'zjc', '转涨', '客福'];
    return { ready, answered, differ: asked.filter((q) => find(q).corrected !== turned(q).corrected) };
  });
  // It took twenty seconds and more while every word was looked for in every text.
  expect(ready).toBeLessThan(5_000);
  expect(answered).toBeLessThan(2_000);
  expect(differ).toEqual([]);
});

test('an emergency shows its steps, nonsense a way on', async ({ page }) => {
  await search(page, '资产被盗');
  await expect(page.locator('.emergency li')).toHaveCount(3);
  await expect(page.locator('.emergency').getByRole('link')).toHaveAttribute('href', 'articles/security/stolen-first-hour.html');
  await search(page, '昨晚有人把我钱包里的币转到他那了');
  await expect(page.locator('.emergency').getByRole('link')).toHaveAttribute('href', 'articles/security/stolen-first-hour.html');
  await search(page, '怎么预防被盗');
  await expect(page.getByRole('status').first()).toBeVisible();
  await expect(page.locator('.emergency')).toHaveCount(0);
  await search(page, 'qqzzxxyy');
  await expect(page.getByRole('status').first()).toHaveText('没有找到相关文章');
  await page.getByRole('main').getByRole('link', { name: '没有找到答案？' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('联系我们');
  await expect(page.locator('.state')).toHaveCount(0);
});

test('another language has its own pages and results', async ({ page, still }) => {
  await page.goto('articles/transactions/not-arrived.html');
  await page.locator('.menu summary').click();
  await page.getByRole('link', { name: 'English' }).first().click();
  await expect(page).toHaveURL(`${still.url}en/articles/transactions/not-arrived.html`);
  await expect(page.locator('.readable').getByRole('link')).toHaveText('A transfer has not arrived');
  await page.goto('en/search.html?q=transfer+not+arrived');
  await expect(page.locator('article.hit').first().getByRole('link')).toHaveText('A transfer has not arrived');
});

test('what a text is pinned to, its translations are', async ({ page }) => {
  await search(page, '沒到賬');
  await expect(page.locator('article.hit').first().getByRole('link').first()).toHaveText('轉帳沒有入帳怎麼辦');
});

test('a recovery phrase is stopped in the box and taken out of the address', async ({ page }) => {
  const phrase = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
  await page.goto('');
  const box = page.getByRole('main').getByLabel('搜索帮助文章');
  await box.fill(phrase);
  await box.press('Enter');
  await expect(page.getByText('已经拦下')).toBeVisible();
  await page.goto(`search.html?q=${encodeURIComponent(phrase)}`);
  await expect(page.getByText('请不要输入助记词或私钥')).toBeVisible();
  expect(page.url()).toMatch(/search\.html$/);
  await expect(page.locator('body')).not.toContainText('abandon');
});

test('without script the list of all articles stands, and says why', async ({ browser, still }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: still.url });
  const page = await context.newPage();
  await page.goto('search.html?q=a');
  // Playwright's browser still reads the element as one that scripts replace.
  expect(await page.locator('noscript').textContent()).toContain('搜索要用到脚本');
  expect(await page.locator('.list a').count()).toBeGreaterThan(20);
  await context.close();
});

test('it finds nearly what the server finds, is as sure of it, and the index stays small', async ({ page, request, still }) => {
  const judgments = readFileSync(join(ARTICLES, 'search/judgments.toml'), 'utf8').split('[[judgment]]').slice(1).map((text) => ({
    query: JSON.parse(/^query = (".*")$/m.exec(text)[1]),
    articles: [...(/^articles = \[(.*?)\]/ms.exec(text)?.[1] ?? '').matchAll(/"(.*?)"/g)].map((found) => found[1]),
  }));
  expect(judgments.length).toBeGreaterThan(300);
  await page.goto('search.html');
  const found = await page.evaluate(async (queries) => {
    const [search] = await document.querySelector('[data-index]').prepare();
    return queries.map((q) => search(q)).map(({ hits, sure }) => ({ ids: hits.slice(0, 10).map((hit) => hit.article.root), sure }));
  }, judgments.map((judgment) => judgment.query));
  const answered = judgments.map(({ articles }, i) => ({ articles, ids: found[i].ids })).filter(({ articles }) => articles.length > 0);
  const ranks = answered.map(({ articles, ids }) => ids.findIndex((id) => articles.includes(id)));
  const mrr = ranks.reduce((sum, rank) => sum + (rank < 0 ? 0 : 1 / (rank + 1)), 0) / ranks.length;
  console.log(`MRR@10 in the browser: ${mrr.toFixed(3)} over ${ranks.length} queries; index ${still.told.index_bytes} bytes`);
  expect(mrr).toBeGreaterThan(MRR_MIN);
  // The rules are written twice: what the server is sure of, the browser is.
  const differ = [];
  for (const [i, { query }] of judgments.entries()) {
    const answer = await (await request.get(`${process.env.BASE_URL}/api/v1/search?limit=1&q=${encodeURIComponent(query)}`)).json();
    if ((answer.confidence === 'sure') !== found[i].sure) differ.push(query);
  }
  expect(differ.length, differ.join(', ')).toBeLessThan(judgments.length / 50);
  expect(still.told.index_bytes).toBeLessThan(1_100_000);
});

const PAGES = ['index.html', `search.html?q=${encodeURIComponent('转账没到账')}`, 'articles/transactions/not-arrived.html', 'categories/security.html', 'contact.html', 'official.html', 'zh-TW/index.html'];
for (const path of PAGES) {
  test(`${decodeURIComponent(path)}: no barrier, valid HTML, nothing of others`, async ({ page, request }) => {
    const report = await rules.validateString(await (await request.get(path)).text());
    expect(report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`))).toEqual([]);
    await page.goto(path);
    if (path.includes('?q=')) await expect(page.locator('article.hit').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `still-${path.split(/[.?]/)[0].replaceAll('/', '-')}.png`), fullPage: true });
  });
}
