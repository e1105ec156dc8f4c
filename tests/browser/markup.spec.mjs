// The markup of every kind of page, against the HTML standard and what it asks for the sake of access.
import { HtmlValidate } from 'html-validate';

import { PAGES, addressOf, expect, test } from './reader.mjs';

const rules = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // A button without a type submits: that is what ours are for.
    'no-implicit-button-type': 'off',
    // The two votes and the longer form are submit buttons of one name.
    'form-dup-name': 'off',
  },
});

for (const kind of Object.keys(PAGES)) {
  test(`${kind}: valid HTML`, async ({ request }) => {
    const page = await request.get(await addressOf(kind, request));
    const report = await rules.validateString(await page.text());
    const faults = report.results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
    expect(faults).toEqual([]);
  });
}
