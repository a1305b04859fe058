import { gzipSync } from 'node:zlib';
import { ndjson } from './imports.js';
import { tarOf } from '#libs/interchange/src/archive/tar-sample.js';

/** A host of the places that the import begins with. */
export const host = (name: string, more = {}) => ({
  kind: 'host',
  name,
  cloud: 'prod',
  region: 'east',
  ...more,
});
/** A row that is right. */
export const good = ndjson([host('good')]);

const inventory = tarOf({ name: 'hosts', content: 'a\n' });
const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const before = 'abcdefgh'[index];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

/** What is wrong, as which format, and where the answer says that it is. */
export const wrongImports: readonly (readonly [string, string, string | Buffer, string])[] = [
  ['a line that ends too early', 'ndjson', `${good}{"kind":"host","na`, 'line 2'],
  ['a line that is no JSON', 'ndjson', `${good}hello`, 'line 2'],
  ['a row that is no object', 'ndjson', `${good}[]`, 'line 2'],
  ['a kind that nobody knows', 'ndjson', `${good}{"kind":"rocket","name":"x"}`, 'line 2'],
  ['a row without a name', 'ndjson', `${good}{"kind":"host"}`, 'line 2'],
  ['a member that nobody knows', 'ndjson', `${good}{"kind":"host","name":"x","rocket":1}`, 'line 2'],
  ['a prototype', 'ndjson', `${good}{"kind":"host","name":"x","__proto__":{"a":1}}`, 'line 2'],
  [
    'a prototype among variables',
    'ndjson',
    `${good}{"kind":"host","name":"x","variables":{"__proto__":1}}`,
    'line 2',
  ],
  [
    'a prototype within a variable',
    'ndjson',
    `${good}{"kind":"host","name":"x","variables":{"a":{"__proto__":1}}}`,
    'line 2',
  ],
  [
    'endless nesting',
    'ndjson',
    `${good}{"kind":"host","name":"x","variables":{"a":${deep(1000)}}}`,
    'line 2',
  ],
  ['half a character', 'ndjson', `${good}{"kind":"host","name":"\\ud800"}`, 'line 2'],
  ['a number beyond all', 'ndjson', `${good}{"kind":"host","name":"x","variables":{"a":1e999}}`, 'line 2'],
  ['a control character in a name', 'ndjson', `${good}${ndjson([host('a\u0007')])}`, 'line 2'],
  ['a name that is too long', 'ndjson', `${good}${ndjson([host('x'.repeat(256))])}`, 'line 2'],
  [
    'an address that is none',
    'ndjson',
    `${good}${ndjson([host('x', { ip_address: '10.0.0.256' })])}`,
    'line 2',
  ],
  [
    'a label that is too long',
    'ndjson',
    `${good}${ndjson([host('x', { labels: ['y'.repeat(256)] })])}`,
    'line 2',
  ],
  [
    'too many labels',
    'ndjson',
    `${good}${ndjson([host('x', { labels: Array.from({ length: 101 }, (_, n) => `l${n}`) })])}`,
    'line 2',
  ],
  [
    'a variable without a name',
    'ndjson',
    `${good}${ndjson([host('x', { variables: { '': 1 } })])}`,
    'line 2',
  ],
  [
    'too many variables',
    'ndjson',
    `${good}${ndjson([host('x', { variables: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`v${n}`, n])) })])}`,
    'line 2',
  ],
  [
    'a row that is too long',
    'ndjson',
    `${good}${ndjson([host('x', { variables: { a: 'y'.repeat(600_000) } })])}`,
    'line 2',
  ],
  ['the same thing twice', 'ndjson', `${good}${good}`, 'line 2'],
  ['two devices of one name', 'ndjson', `${good}${ndjson([host('good', { kind: 'container' })])}`, 'line 2'],
  [
    'bits of no encoding',
    'ndjson',
    Buffer.concat([Buffer.from(good), Buffer.from([0x7b, 0xff, 0xfe, 0x80])]),
    'line 2',
  ],
  ['two encodings', 'ndjson', Buffer.concat([Buffer.from(good), Buffer.from(good, 'utf16le')]), 'line 2'],
  ['something compressed', 'ndjson', gzipSync(good), 'line 1'],
  ['zeros', 'ndjson', Buffer.alloc(10_000), 'line 1'],
  ['a parent that is nowhere', 'ndjson', `${good}${ndjson([host('x', { parent: 'nobody' })])}`, 'line 2'],
  ['an interface of nothing', 'ndjson', `${good}${ndjson([host('x', { kind: 'interface' })])}`, 'line 2'],
  [
    'a network with bits of a host',
    'ndjson',
    `${good}${ndjson([host('x', { kind: 'network', cidr: '10.0.0.1/8' })])}`,
    'line 2',
  ],
  [
    'a gateway of another network',
    'ndjson',
    `${good}${ndjson([host('x', { kind: 'network', cidr: '10.0.0.0/8', gateway: '11.0.0.1' })])}`,
    'line 2',
  ],
  ['a network without addresses', 'ndjson', `${good}${ndjson([host('x', { kind: 'network' })])}`, 'line 2'],
  ['a quote that is never closed', 'csv', 'kind,name,cloud,region\nhost,good,prod,east\nhost,"x', 'line'],
  ['a column that nobody knows', 'csv', 'kind,name,rocket\nhost,x,1\n', 'line 1'],
  ['a column twice', 'csv', 'kind,name,name\nhost,x,y\n', 'line 1'],
  [
    'a cell too many',
    'csv',
    'kind,name,cloud,region\nhost,good,prod,east\nhost,x,prod,east,more\n',
    'line 3',
  ],
  ['a bomb of anchors', 'yaml', bomb, 'line'],
  ['an anchor within itself', 'yaml', '- &a [*a]', 'line 1'],
  ['a tag of an application', 'yaml', '- !!python/object/apply:os.system [id]', 'line 1'],
  ['nesting without end', 'yaml', deep(100_000), 'line 1'],
  ['tabs that indent', 'yaml', '- kind: host\n\tname: x', 'line'],
  [
    'a circle of groups',
    'ansible-yaml',
    'all:\n  children:\n    a:\n      children:\n        b:\n          children:\n            a: {}\n',
    '',
  ],
  ['an inventory that is none', 'ansible-json', '[1, 2]', ''],
  ['JSON that ends too early', 'ansible-json', '{"_meta": {"hostvars": {', ''],
  ['a line that is no host', 'ansible-ini', '[web\nhost1\n', 'line 1'],
  ['an archive that is none', 'ansible-directory', 'x'.repeat(2000), ''],
  ['an archive that ends too early', 'ansible-directory', inventory.subarray(0, -1024), ''],
  ['an archive that gzip broke', 'ansible-directory', gzipSync(inventory).subarray(0, -4), ''],
  ['an archive that unpacks without end', 'ansible-directory', gzipSync(Buffer.alloc(3_000_000, 'a')), ''],
  [
    'an archive that leads out of itself',
    'ansible-directory',
    tarOf({ name: 'hosts', content: 'a' }, { name: '../../up', content: 'b' }),
    '../../up',
  ],
  [
    'an archive with a link',
    'ansible-directory',
    tarOf({ name: 'hosts', content: 'a' }, { name: 'host_vars/a', type: '2' }),
    'host_vars/a',
  ],
  [
    'an archive with variables that cannot be read',
    'ansible-directory',
    tarOf({ name: 'hosts', content: 'a' }, { name: 'group_vars/all.yml', content: 'a: 1\nb: [1,\n' }),
    'group_vars/all.yml line 2',
  ],
];
