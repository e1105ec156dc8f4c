// The script's verdicts beside the server's, on the cases that both read. Where the script knows
// less by design, the case itself says what it does and why.
import { readFileSync } from 'node:fs';

import { PAGES, expect, test } from './reader.mjs';

const CASES = JSON.parse(readFileSync(new URL('../fixtures/guard.json', import.meta.url))).filter((one) => one.kind === 'inspect');

test('the script stops what the server refuses, and nothing else', async ({ page, baseURL }) => {
  await page.goto(PAGES.nothing);
  const stopped = await page.evaluate((texts) => {
    const form = document.querySelector('form[data-guard][action="/suggestions"]');
    const field = form.querySelector('textarea');
    return texts.map((text) => {
      field.value = text;
      // A made event sends nothing, but goes through the script.
      form.dispatchEvent(new SubmitEvent('submit', { cancelable: true, bubbles: true }));
      return form.querySelector('.guard') !== null;
    });
  }, CASES.map((one) => one.text));
  const wrong = CASES.filter((one, n) => {
    const isSecret = one.expected.startsWith('secret:');
    if (one.script) expect(one.why, one.text).toBeTruthy();
    return stopped[n] !== (one.script ? one.script === 'stops' : isSecret);
  });
  expect(wrong.map((one) => one.text)).toEqual([]);
  // A case that is marked must need its mark.
  const idle = CASES.filter((one) => one.script && (one.script === 'stops') === one.expected.startsWith('secret:'));
  expect(idle.map((one) => one.text)).toEqual([]);
  expect(CASES.length).toBeGreaterThan(100);
  expect(page.url()).toContain(baseURL);
});
