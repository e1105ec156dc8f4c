// The search box on a page of somebody else: another origin, no cookie, nothing kept, only what CORS
// lets it ask.
import { createServer } from 'node:http';

import { AxeBuilder } from '@axe-core/playwright';

import { expect, test as base } from './reader.mjs';

const test = base.extend({
  // A page on another port, which is another origin.
  foreign: async ({ baseURL }, use) => {
    const html = `<!doctype html><html lang="zh-CN"><title>钱包</title><main><h1>钱包</h1><script src="${baseURL}/embed.js"></script></main></html>`;
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    await use(`http://localhost:${server.address().port}/`);
    server.close();
  },
  // Its own browser, in which the reader has chosen a language on our site: there is a cookie to send.
  host: async ({ browser, baseURL, foreign }, use) => {
    const context = await browser.newContext({ locale: 'zh-CN' });
    const page = await context.newPage();
    await page.goto(`${baseURL}/?ui=zh-CN`);
    const sent = [];
    context.on('request', (request) => sent.push(request));
    await page.goto(foreign);
    await use({ page, context, sent });
    await context.close();
  },
});
// The other origin is reached by a name, which the tests' browser does not resolve otherwise.
test.use({
  launchOptions: async ({ launchOptions }, use) => use({
    ...launchOptions,
    args: launchOptions.args.map((arg) => (arg.startsWith('--host-resolver-rules') ? '--host-resolver-rules=MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' : arg)),
  }),
});

test('suggests while typing and opens what is chosen by keyboard', async ({ host, baseURL }) => {
  const { page, context, sent } = host;
  const box = page.getByRole('combobox', { name: '搜索帮助文章' });
  await box.pressSequentially('转账');
  const lines = page.getByRole('option');
  await expect(lines.first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(lines.first()).toHaveAttribute('aria-selected', 'true');
  const opened = context.waitForEvent('page');
  await page.keyboard.press('Enter');
  const tab = await opened;
  await expect(tab).toHaveURL(new RegExp(`^${baseURL}/(articles|search)`));
  expect(await tab.evaluate(() => window.opener)).toBeNull();
  await tab.close();
  const asked = sent.filter((request) => request.url().includes('/api/v1/suggest'));
  expect(asked.length).toBeGreaterThan(0);
  for (const request of asked) {
    const headers = await request.allHeaders();
    expect(headers.cookie, 'no cookie is sent').toBeUndefined();
    expect(headers.referer, 'nobody is told of the page').toBeUndefined();
  }
  expect(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual(['', 0, 0]);
});

test('searches in a new tab, and waits while an input method composes', async ({ host, baseURL }) => {
  const { page, context, sent } = host;
  const box = page.getByRole('combobox', { name: '搜索帮助文章' });
  await box.focus();
  const client = await context.newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'zhuan', selectionStart: 5, selectionEnd: 5 });
  await expect(box).toHaveValue('zhuan');
  await box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
  expect(sent.filter((request) => request.url().includes('suggest'))).toEqual([]);
  await client.send('Input.insertText', { text: '转账没到账' });
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('option').first()).toBeHidden();
  const opened = context.waitForEvent('page');
  await page.keyboard.press('Enter');
  const tab = await opened;
  await expect(tab).toHaveURL(`${baseURL}/search?q=${encodeURIComponent('转账没到账')}`);
  await expect(tab.locator('article.hit').first()).toBeVisible();
});

test('stops a recovery phrase, and has no barrier', async ({ host }) => {
  const { page, context, sent } = host;
  const box = page.getByRole('combobox', { name: '搜索帮助文章' });
  await box.fill('abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toContainText('没有发出');
  expect(sent.map((request) => request.url()).filter((url) => url.includes('abandon'))).toEqual([]);
  expect(context.pages().length).toBe(1);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
});

test('another page may ask for suggestions and nothing else', async ({ host, baseURL }) => {
  const { page } = host;
  const may = (path) => page.evaluate((url) => fetch(url).then((answer) => answer.ok, () => false), `${baseURL}${path}`);
  expect(await may('/api/v1/suggest?q=a')).toBe(true);
  for (const path of ['/api/v1/search?q=a', '/api/v1/articles', '/', '/search?q=a']) expect(await may(path), path).toBe(false);
});
