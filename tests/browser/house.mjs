// A server of its own for tests of the desk: its articles are a clone of the repository that editors
// push to, and a reviewer may sign in.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test as base } from './reader.mjs';

export const SECRET = 'a secret of the tests';
const PASSWORD = 'correct horse battery';
export function git(folder, ...args) {
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args]);
}

export const test = base.extend({
  // A server and the editors' repository beside it.
  house: [async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'loop-'));
    const there = join(folder, 'there');
    mkdirSync(join(there, 'accounts'), { recursive: true });
    writeFileSync(join(there, 'accounts/passcode.md'), '# 忘记解锁密码怎么办\n\n用助记词恢复钱包。\n');
    git(there, 'init', '-q', '-b', 'main');
    git(there, 'add', '-A');
    git(there, 'commit', '-q', '-m', 'first');
    git(folder, 'clone', '-q', 'there', 'articles');
    const wenqu = process.env.WENQU;
    execFileSync(wenqu, ['reviewer', 'add', 'lin'], { cwd: folder, input: `${PASSWORD}\n` });
    const server = spawn(wenqu, ['--lang', 'en', 'serve', '--listen', '127.0.0.1:0', '--hook-secret', SECRET], { cwd: folder });
    server.stderr.resume();
    const url = await new Promise((resolve, reject) => {
      let out = '';
      server.stdout.on('data', (data) => {
        out += data;
        const ready = /ready: (http:\S+)/.exec(out);
        if (ready) resolve(ready[1]);
      });
      server.on('exit', () => reject(new Error(`the server ended: ${out}`)));
    });
    await use({ there, url });
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }, { scope: 'worker' }],
  baseURL: async ({ house }, use) => use(house.url),
});

// Comes to the desk as the reviewer does.
export async function signIn(page) {
  await page.goto('/review');
  await expect(page).toHaveURL(/\/review\/sign-in/);
  await page.getByLabel('用户名').fill('lin');
  await page.getByLabel('密码').fill(PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page).toHaveURL(/\/review\/feedback/);
}
