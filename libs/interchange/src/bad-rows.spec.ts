import { isProblem } from './fleet-record.js';
import { host, only, problems, read } from './reading.js';

describe('rows of NDJSON', () => {
  it.each([
    ['{"kind":"host","name":}', 23, 'the line is not JSON'],
    ['{"kind":"host","na', 19, 'the JSON ends too early'],
    ['{"kind":"host","name":"a"}}', 27, 'the line is not JSON'],
    [`{"a":"\u0001"}`, 7, 'the line is not JSON'],
    ['{"a":01}', 7, 'the line is not JSON'],
    [`${'['.repeat(1000)}`, 1001, 'the JSON ends too early'],
  ])('are told where they stop being JSON: %s', async (line, column, problem) => {
    const reads = await read('ndjson', `${host('first')}\r\n\n${line}\n${host('last')}`);
    expect(reads.map((one) => (isProblem(one) ? one : one.name))).toEqual([
      'first',
      { problem, source: { line: 3, row: 2, column } },
      'last',
    ]);
  });

  it.each([
    ['[]', undefined],
    ['"text"', undefined],
    ['{"name":"x"}', 'kind'],
    ['{"kind":"constructor","name":"x"}', 'kind'],
    ['{"kind":"host"}', 'name'],
    ['{"kind":"host","name":""}', 'name'],
    ['{"kind":"host","name":"x","toString":1}', 'toString'],
    ['{"kind":"host","name":"x","ip_address":1}', 'ip_address'],
    ['{"kind":"host","name":"x","active":"yes"}', 'active'],
    ['{"kind":"interface","name":"x","vlan_id":1.5}', 'vlan_id'],
    ['{"kind":"host","name":"x","labels":"a"}', 'labels'],
    ['{"kind":"host","name":"x","labels":[1]}', 'labels'],
    ['{"kind":"host","name":"x","variables":[]}', 'variables'],
    ['{"kind":"host","name":"x","region":1}', 'region'],
    ['{"kind":"host","name":"x","variables":{"a":{"__proto__":{"polluted":1}}}}', 'variables.a.__proto__'],
    ['{"kind":"host","name":"x","__proto__":{}}', '__proto__'],
    ['{"kind":"host","name":"x","variables":{"a":"\\ud800"}}', 'variables.a'],
    [String.raw`{"kind":"host","name":"x","variables":{"a":1e999}}`, 'variables.a'],
  ])('are told which member does not fit: %s', async (line, path) => {
    expect((await only('ndjson', line)).source).toEqual({
      line: 1,
      row: 1,
      ...(path === undefined ? {} : { path }),
    });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['{"kind":"host","kind":"cloud","name":"x"}', 'kind', 16],
    [String.raw`{"kind":"host","name":"x","k\u0069nd" : "host"}`, 'kind', 27],
    ['{"kind":"host","name":"x","variables":{"a":{"b":1},"c":[{"d":1,"e":":","d":2}]}}', 'd', 72],
    ['{"kind":"host","name":":","variables":{"a":1,"a" \t:1}}', 'a', 46],
    ['{"kind":"host","name":"x","variables":{"a":1},"variables":{"a":1}}', 'variables', 47],
    ['{"kind":"host","name":"x","variables":{"toString":1,"toString":1}}', 'toString', 53],
  ])('are refused with a member that comes twice: %s', async (line, name, column) => {
    expect(await only('ndjson', line)).toEqual({
      problem: `the member "${name}" comes twice`,
      source: { line: 1, row: 1, column },
    });
  });

  it.each([':', '":', 'a":1,"a":', '\\":\\', 'fe80::1'])(
    'may have values that look like members: %j',
    async (text) => {
      const row = { kind: 'host', name: 'x', variables: { a: text, b: [text, { a: text, [text]: 1 }] } };
      for (const line of [JSON.stringify(row), JSON.stringify(row).replaceAll('":', '" :')])
        expect(await problems('ndjson', line)).toEqual([]);
    },
  );

  it('never quote a value', async () => {
    const secret = 's3cr3t-value';
    for (const line of [
      `{"kind":"host","name":"x","password":"${secret}"}`,
      `{"a":"${secret}`,
      `{"a":"${secret}"]`,
    ])
      expect(JSON.stringify(await problems('ndjson', line))).not.toContain(secret);
  });

  it('may have names that objects have of their own', async () => {
    const [record] = await read(
      'ndjson',
      '{"kind":"host","name":"x","variables":{"constructor":1,"toString":2}}',
    );
    expect(record).toMatchObject({ variables: { constructor: 1, toString: 2 } });
  });
});

describe('rows of CSV', () => {
  it('keep their line through cells of several lines and empty lines', async () => {
    const reads = await read(
      'csv',
      'kind,name,note,variables.n\r\nhost,a,"two\r\nlines",1\r\n\r\nhost,b\r\nhost,c,"=1+1",x',
    );
    expect(reads).toMatchObject([
      { name: 'a', fields: { note: 'two\r\nlines' }, variables: { n: 1 }, source: { line: 2, row: 1 } },
      { problem: 'the row has 2 cells, the header 4', source: { line: 5, row: 2 } },
      { name: 'c', fields: { note: '=1+1' }, variables: { n: 'x' }, source: { line: 6, row: 3 } },
    ]);
  });

  it.each([
    ['kind,name\nhost,"a', 'a quoted cell is never closed', 2],
    ['kind,name\nhost,"a"b\n', 'there is something between a closing quote and the next cell', 2],
    ['kind,nam\nhost,a', 'there is no column "nam"', 1],
    ['kind,__proto__\nhost,a', 'there is no column "__proto__"', 1],
    ['kind,kind\nhost,a', 'the column "kind" comes twice', 1],
  ])('end where nobody knows how they go on: %j', async (text, problem, line) => {
    expect(await only('csv', text)).toMatchObject({ problem, fatal: true, source: { line } });
  });

  it('may be separated by semicolons or tabs', async () => {
    expect(await read('csv', 'kind;name\nhost;a,b')).toMatchObject([{ name: 'a,b' }]);
    expect(await read('csv', 'kind\tname\nhost\ta')).toMatchObject([{ name: 'a' }]);
  });

  it('keep to the limit of a row when a quote is missing', async () => {
    const rows = 'host,b\n'.repeat(10_000);
    expect(await only('csv', `kind,name\nhost,"a\n${rows}`, { rowBytes: 5000 })).toMatchObject({
      fatal: true,
    });
  });
});

describe('a YAML text', () => {
  it('does not explode by aliases', async () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
    const problem = await only('yaml', ['a0: &a0 x', ...levels].join('\n'));
    expect(problem).toMatchObject({ fatal: true, source: { line: expect.any(Number) as number } });
    expect(problem.problem).toMatch(/aliases written out/);
  });

  it.each([
    ['[*later, &later x]', /no anchor before it/],
    ['&a [*a]', /inside its own anchor/],
    ['- !!js/function x', /tag/],
    ['- !!python/object/apply:os.system [x]', /tag/],
    ['- !!binary aGk=', /tag/],
    ['- {a: 1, a: 2}', /twice/],
    ['- {"__proto__": 1}', /__proto__/],
    ['- {? [a] : b}', /key must be a text/],
    ['- <<: [1]', /only mappings/],
    ['- a: "unclosed', /not YAML/],
    ['- a\n\t- b: c\n d', /not YAML/],
    [`- ${'['.repeat(1000)}`, /too deep/],
    [`- ${'{a: '.repeat(1000)}`, /too deep/],
    ['- '.repeat(1000), /too deep/],
    [Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), /too deep/],
    [`- ${'['.repeat(40)}${']'.repeat(40)}`, /too deep/],
  ])('is refused with a position: %.40s', async (text, words) => {
    const problem = await only('yaml', text);
    expect(problem.problem).toMatch(words);
    expect(problem.source).toMatchObject({
      line: expect.any(Number) as number,
      column: expect.any(Number) as number,
    });
  });

  it('merges, and has the types of version 1.2 for rows and of 1.1 for Ansible', async () => {
    const [row] = await read(
      'yaml',
      '- {kind: host, name: a, variables: {<<: &m {x: 1, y: no}, x: 2, z: 0o17, w: 1e3}}',
    );
    expect(row).toMatchObject({ variables: { x: 2, y: 'no', z: 15, w: 1000 } });
    const [ansible] = await read('ansible-yaml', 'all: {hosts: {a: {y: no, z: 017, t: 2020-01-01}}}');
    expect(ansible).toMatchObject({ variables: { y: false, z: 15, t: '2020-01-01' } });
  });

  it('takes time in proportion to its mappings, not to their squares', async () => {
    const hosts = Array.from({ length: 20_000 }, (_, n) => `    h${n}: {}`).join('\n');
    expect(await read('ansible-yaml', `all:\n  hosts:\n${hosts}`)).toHaveLength(20_000);
  });
});
