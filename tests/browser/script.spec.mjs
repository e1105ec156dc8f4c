// What script adds, and only script: everything else is in ways.spec.mjs.
import { ARTICLE, expect, test, watch } from './reader.mjs';

test('suggestions come while typing and are chosen by keyboard', async ({ page }) => {
  await page.goto('/');
  const box = page.getByRole('main').getByRole('combobox');
  await box.pressSequentially('转账');
  const lines = page.getByRole('option');
  await expect(lines.first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(lines.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(lines.first()).toBeHidden();
  await expect(page).toHaveURL('/');
});

test('the Enter that ends Chinese input does not search', async ({ page }) => {
  await page.goto('/');
  const box = page.getByRole('main').getByRole('combobox');
  await box.focus();
  await box.dispatchEvent('compositionstart');
  await box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
  await expect(page).toHaveURL('/');
});

test('a recovery phrase does not leave the device', async ({ page }) => {
  const phrase = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
  await page.goto('/');
  const sent = [];
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  const box = page.getByRole('main').getByRole('combobox');
  await box.fill(phrase);
  await box.press('Enter');
  await expect(page.getByText('已经拦下')).toBeVisible();
  expect(sent.filter((text) => text.includes('abandon'))).toEqual([]);
});

test('light and dark follow the switch and are remembered', async ({ page }) => {
  await page.goto('/');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.getByRole('button', { name: '切换深浅色' }).click();
  expect(await ground()).not.toBe(before);
  await page.goto(ARTICLE);
  await expect(page.getByRole('button', { name: '切换深浅色' })).toHaveAttribute('aria-pressed', 'true');
});

// The proof of what every other test relies on.
test('a console error and a request to another host are noticed', async ({ context, baseURL }) => {
  const page = await context.newPage();
  const told = watch(page, baseURL);
  await page.goto('/');
  await page.evaluate(() => { new Image().src = 'http://127.0.0.1:1/pixel.gif'; });
  await expect.poll(() => told.map((line) => line.split(':')[0]).sort()).toEqual(['console', 'request']);
});
