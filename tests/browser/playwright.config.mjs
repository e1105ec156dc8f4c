// How the browser tests run: Debian's Chromium, three kinds of reader, and no way to any other host.
// `tests/run browser` starts the server and sets BASE_URL; SHOTS and REPORT are optional.
import { defineConfig } from '@playwright/test';

const { BASE_URL, REPORT, SHOTS } = process.env;
if (!BASE_URL) throw new Error('BASE_URL names no server: run tests/run browser');

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  testIgnore: SHOTS ? [] : 'shots.spec.mjs',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 30_000,
  reporter: REPORT ? [['list'], ['json', { outputFile: REPORT }]] : 'list',
  use: {
    baseURL: BASE_URL,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    },
  },
  projects: [
    { name: 'script' },
    { name: 'no script', testMatch: /(loop|ways)\.spec\.mjs$/, use: { javaScriptEnabled: false } },
    { name: 'phone', testMatch: /(pages|script|ways)\.spec\.mjs$/, use: { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true } },
  ],
});
