// What the markup of every page is held against: the HTML standard and what it asks for access.
import { HtmlValidate } from 'html-validate';

export const rules = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // A button without a type submits: that is what ours are for.
    'no-implicit-button-type': 'off',
    // The two votes and the longer form are submit buttons of one name.
    'form-dup-name': 'off',
  },
});
