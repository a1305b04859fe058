import fc from 'fast-check';
import { isProblem } from './fleet-record.js';
import { readFleet, type FleetFormat } from './read-fleet.js';
import { host, only, problems, read } from './reading.js';

type TextFormat = Exclude<FleetFormat, 'ansible-directory'>;

const formats: readonly TextFormat[] = [
  'ndjson',
  'csv',
  'yaml',
  'ansible-ini',
  'ansible-yaml',
  'ansible-json',
];

describe('an inventory of Ansible', () => {
  it.each([
    ['[a:children]\nb\n[b:children]\na\n[c]\nh', 4, /circle/],
    ['[a:children]\na\n[c]\nh', 2, /circle/],
    ['[a:vars]\nx=1\n[c]\nh', 1, /not defined/],
    ['[a:children]\nb\n[c]\nh', 2, /not defined/],
    ['[c]\nh\n[a b]', 3, /name/],
    ['[c]\nh\n[a:things]', 3, /hosts, children or vars/],
    ['[c]\nh x', 2, /key=value/],
    ['[c]\nh\nx "y', 3, /quote/],
    ['[c]\nh\nx[1:2', 3, /never closed/],
    ['[c]\nh\nx[9:1:0]', 3, /zero/],
    ['[c]\nh\nx[1:999999999]', 3, /more than/],
    ['[c]\nh\nx[01:100]', 3, /equally long/],
    ['[c]\nh[1:1000000][1:1000000]', 2, /more than/],
    [`[c]\nh\nh __proto__=1`, 3, /name/],
    [`[c]\nh\n${'x'.repeat(2000)}`, 3, /longer/],
  ])('has its problem at a line: %j', async (text, line, words) => {
    const problem = await only('ansible-ini', text);
    expect(problem.problem).toMatch(words);
    expect(problem.source.line).toBe(line);
  });

  it('does not grow by many short patterns of many hosts', async () => {
    const found = await problems('ansible-ini', 'h[1:1000]\n'.repeat(1000), { nodes: 50_000 });
    expect(found[0]?.problem).toMatch(/more than/);
  });

  it('reads circles and chains of ten thousand groups', async () => {
    const chain = Array.from({ length: 10_000 }, (_, n) => `[g${n}:children]\ng${(n + 1) % 10_000}`).join(
      '\n',
    );
    const found = await read('ansible-ini', `[g0]\nh\n${chain}`);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ problem: expect.stringMatching(/circle/) as string });
  });

  it('takes what is too deep to be a literal for a text', async () => {
    const deep = '['.repeat(1000) + ']'.repeat(1000);
    expect(await read('ansible-ini', `[g]\nh x="${deep}"`)).toMatchObject([{ variables: { x: deep } }]);
  });

  it('has its problem at a line of JSON', async () => {
    expect((await only('ansible-json', '{\n "a": [,]\n}')).source).toEqual({ line: 2, column: 8 });
    expect(
      (await only('ansible-json', '{"_meta":{"hostvars":{"h":{"__proto__":1}}},"g":["h"]}')).source.path,
    ).toBe('_meta.hostvars.h.__proto__');
  });
});

describe.each(formats)('any source in %s', (format) => {
  const good: Readonly<Record<TextFormat, string>> = {
    ndjson: `${host('größe')}\n`,
    csv: 'kind,name\nhost,größe\n',
    yaml: '- kind: host\n  name: größe\n',
    'ansible-ini': '[g]\ngröße\n',
    'ansible-yaml': 'all:\n  hosts:\n    größe:\n',
    'ansible-json': '{"all": {"hosts": ["größe"]}}',
  };
  const text = good[format];
  const utf16 = (big: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };

  it('is read in UTF-8 with and without its mark, and in UTF-16 with its mark', async () => {
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16(false), utf16(true)])
      expect(await read(format, bytes)).toMatchObject([{ name: 'größe' }]);
  });

  it('is read the same whatever pieces it comes in', async () => {
    for (const bytes of [Buffer.from(`\ufeff${text}`), utf16(true)]) {
      const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(await Array.fromAsync(readFleet(format, pieces))).toMatchObject([{ name: 'größe' }]);
    }
  });

  it('has a problem at the line of what is not UTF-8, and of a NUL', async () => {
    const line = text.split('\n').findIndex((one) => one.includes('größe')) + 1;
    for (const bytes of [Buffer.from(text, 'latin1'), Buffer.from(text.replace('ö', '\0'))])
      expect((await only(format, bytes)).source.line).toBe(line);
  });

  it('has a problem when it is longer than allowed', async () => {
    const limits = { streamBytes: 10, wholeBytes: 10, yamlBytes: 10 };
    const found = await problems(format, text, limits);
    expect(found.at(-1)).toMatchObject({ problem: expect.stringMatching(/longer/) as string, fatal: true });
  });

  it('survives lines of a megabyte', async () => {
    for (const filler of ['x', '[', '{"a":', '"', "'", '\\', '-', '0', ' ', '1_', '&a ', '*a ', '? ']) {
      const line = filler.repeat(2 ** 20 / filler.length);
      for (const read of await problems(format, `${line}\n${line}`))
        expect(read.source.line ?? 1).toBeGreaterThan(0);
    }
  }, 60_000);

  it('gives records or problems for garbage, and never throws', async () => {
    const pieces = fc.constantFrom(
      ...'[]{}:,"\'\\\n\r\t#&*!|>-?%@`=~;$ \0'.split(''),
      '\ufeff',
      'host',
      'kind',
      'name',
      'all',
      'hosts',
      '<<',
      '__proto__',
      '[a:b]',
      '1e999',
      'null',
      '- ',
      '---\n',
    );
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 60 })
        .map((all) => Buffer.from(all.join(''))),
      fc
        .tuple(fc.nat(text.length), fc.oneof(pieces, fc.constant('')))
        .map(([at, piece]) => Buffer.from(text.slice(0, at) + piece + text.slice(at + 1))),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        for (const one of await read(format, bytes)) expect('problem' in one || one.name !== '').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a source of many records', () => {
  it('has a problem for what comes twice', async () => {
    const row = (kind: string, region: string) => JSON.stringify({ kind, name: 'x', region });
    const found = await read(
      'ndjson',
      [row('host', 'a'), row('host', 'b'), row('container', 'a')].join('\n'),
    );
    expect(found.map(isProblem)).toEqual([false, false, true]);
    expect(found[2]).toMatchObject({ source: { line: 3 } });
  });

  it('ends where there are too many records or problems', async () => {
    const hosts = Array.from({ length: 20 }, (_, n) => host(`h${n}`)).join('\n');
    expect((await read('ndjson', hosts, { records: 5 })).length).toBe(6);
    expect((await read('ndjson', 'x\n'.repeat(20), { problems: 5 })).at(-1)).toMatchObject({ fatal: true });
  });

  it('skips a line that is too long, however it comes, and reads on', async () => {
    const stream = [host('a'), '\n', ...Array.from({ length: 50 }, () => 'x'.repeat(100)), '\n', host('b')];
    const reads = readFleet(
      'ndjson',
      stream.map((one) => Buffer.from(one)),
      { limits: { rowBytes: 1000 } },
    );
    expect(await Array.fromAsync(reads)).toMatchObject([
      { name: 'a' },
      { problem: 'the line is longer than 1000 bytes', source: { line: 2 } },
      { name: 'b', source: { line: 3 } },
    ]);
  });

  it.each(['ndjson', 'csv'] as const)('is given on in %s before all of it has come', async (format) => {
    let sent = 0;
    const endless = async function* () {
      if (format === 'csv') yield Buffer.from('kind,name\n');
      for (;;) {
        sent += 1;
        yield Buffer.from(format === 'csv' ? `host,h${sent}\n` : `${host(`h${sent}`)}\n`);
        await Promise.resolve();
      }
    };
    const names: string[] = [];
    for await (const one of readFleet(format, endless())) {
      names.push(isProblem(one) ? one.problem : one.name);
      if (names.length === 1000) break;
    }
    expect(names.at(-1)).toBe('h1000');
    expect(sent).toBeLessThan(50_000);
  });

  it('rejects when its stream breaks off', async () => {
    const broken = async function* () {
      yield Buffer.from('kind,name\nhost,a\n');
      await Promise.resolve();
      throw new Error('the connection was lost');
    };
    for (const format of formats)
      await expect(Array.fromAsync(readFleet(format, broken()))).rejects.toThrow('the connection was lost');
  });
});
