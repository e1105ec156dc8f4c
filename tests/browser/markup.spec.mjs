// The markup of every kind of page, against the HTML standard and what it asks for the sake of access.
import { rules } from './markup.mjs';
import { PAGES, addressOf, expect, test } from './reader.mjs';

for (const kind of Object.keys(PAGES)) {
  test(`${kind}: valid HTML`, async ({ request }) => {
    const page = await request.get(await addressOf(kind, request));
    const report = await rules.validateString(await page.text());
    const faults = report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
    expect(faults).toEqual([]);
  });
}
