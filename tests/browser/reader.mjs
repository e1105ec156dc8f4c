// What all browser tests share: a reader whose browser tells of every console error and of every
// request to another host, and one page of each kind.
import { expect, test as base } from '@playwright/test';

export { expect };

export const ARTICLE = '/articles/transactions/not-arrived';
export const QUERY = '转账没到账';

// Kind of page and its address; a receipt has none before something was said.
export const PAGES = {
  home: '/',
  results: `/search?q=${encodeURIComponent(QUERY)}`,
  nothing: '/search?q=qqzzxxyy',
  catalogue: '/search',
  article: ARTICLE,
  category: '/categories/transactions',
  receipt: null,
  contact: '/contact',
  official: '/official?value=examp1e.com',
  missing: '/articles/no-such-article',
};

// The address of a page of this kind.
export async function addressOf(kind, request) {
  if (PAGES[kind]) return PAGES[kind];
  const form = { helpful: 'no', reason: 'unclear', comment: '第二步的按钮在哪里？' };
  const answer = await request.post(`${ARTICLE}/feedback`, { form, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  return answer.headers().location;
}

// Gathers what a page tells that it should not.
export function watch(page, baseURL) {
  const told = [];
  page.on('console', (message) => {
    // The browser itself reports the status of a page that is meant to be missing.
    const isMissing = message.text().includes('status of 404') && message.location().url.includes('no-such');
    if (message.type() === 'error' && !isMissing) told.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => told.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(baseURL).origin) told.push(`request: ${url}`);
  });
  return told;
}

export const test = base.extend({
  hasScript: async ({}, use, info) => use(info.project.use.javaScriptEnabled !== false),

  // Holds for every test, whatever else it is about.
  quiet: [async ({ page, baseURL }, use) => {
    const told = watch(page, baseURL);
    await use();
    expect(told, 'console errors and requests to other hosts').toEqual([]);
  }, { auto: true }],
});
