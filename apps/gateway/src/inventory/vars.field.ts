import { check } from '../http/fields.js';

const description = [
  'Only what has such variables. A condition is a path and a test, such as `ntp:"10.0.0.1"` (contains), `kernel >= "6.1"`,',
  '`zone in ["a", "b"]`, `host prefix "web-"`, `disks[*].size > 100`, `note exists` or `a != 1`; conditions combine with',
  '`not`, `and`, `or`, parentheses, and a comma, which means and. A query that cannot be read is refused with the column.',
  'Of what is secret or bound, the mask is judged and never the value.',
].join(' ');

/** A query over variables; whether it can be read is seen by its own parser, which tells the column. */
export const Vars = (): PropertyDecorator =>
  check('vars', (value) => typeof value === 'string', 'must be a text', {
    type: 'string',
    minLength: 1,
    maxLength: 8192,
    description,
    examples: ['kernel >= "6.1" and not ntp exists'],
  });
