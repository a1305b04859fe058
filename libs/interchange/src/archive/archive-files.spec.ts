import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Packed, tarEnd, tarEntry, tarOf } from './tar-sample.js';
import { type ByteStream, defaultLimits } from '../fleet-record.js';
import { archiveFiles } from './archive-files.js';
import { BadArchive } from './bad-archive.js';

const read = (stream: ByteStream, limits = {}, wants: (path: string) => boolean = () => true) =>
  archiveFiles(stream, { ...defaultLimits, ...limits }, wants);
const readOne = (bytes: Buffer, limits = {}) => read([bytes], limits);

const told = async (bytes: Buffer) =>
  (await readOne(bytes)).map(({ path, bytes: content, problem }) => [path, content?.toString() ?? problem]);

describe('the files of an archive', () => {
  const contents: Readonly<Record<string, string>> = {
    hosts: 'web1\n',
    empty: '',
    'group_vars/all.yml': `a: ${'x'.repeat(2000)}\n`,
    'größe/ünïcode ☃.yml': 'b: 1\n',
    [`${'long/'.repeat(40)}${'name'.repeat(20)}-ö.yml`]: 'c: 2\n',
  };
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'craton-tar-'));
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(join(folder, 'in', dirname(path)), { recursive: true });
      writeFileSync(join(folder, 'in', path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const packed = (...options: string[]): Buffer =>
    execFileSync('tar', [...options, '-cf', '-', '-C', join(folder, 'in'), '.'], { maxBuffer: 2 ** 26 });

  it.each([
    ['gnu', []],
    ['posix', []],
    ['gnu', ['--gzip']],
    ['posix', ['--gzip', '--numeric-owner', '--xattrs']],
  ])('are those that tar --format=%s packed, with %j', async (format, options) => {
    const files = await told(packed(`--format=${format}`, ...options));
    expect(Object.fromEntries(files)).toEqual(contents);
  });

  it('are found in what older tar programs wrote', async () => {
    const short = ['hosts', 'group_vars/all.yml', 'größe/ünïcode ☃.yml'];
    for (const format of ['v7', 'ustar']) {
      const where = ['--format', format, '-cf', '-', '-C', join(folder, 'in'), ...short];
      const files = await told(execFileSync('tar', where));
      expect(files.map(([path]) => path)).toEqual(short);
    }
  });

  it('are the same whatever pieces they come in', async () => {
    for (const bytes of [packed('--format=posix'), packed('--format=gnu', '--gzip')]) {
      const whole = await readOne(bytes);
      for (const size of [1, 511, 513]) {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await read(pieces)).toEqual(whole);
      }
    }
  });

  it('are in memory only where they are wanted', async () => {
    const bytes = tarOf({ name: 'big', content: Buffer.alloc(100_000) }, { name: 'small', content: 'x' });
    const files = await read([bytes], { wholeBytes: 10 }, (path) => path === 'small');
    expect(files).toEqual([{ path: 'small', bytes: Buffer.from('x') }]);
  });

  it('are not links, devices or files with holes', async () => {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    writeFileSync(join(folder, 'holes'), '');
    truncateSync(join(folder, 'holes'), 10_000_000);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const names = ['link', 'holes', 'pipe'];
    for (const format of ['gnu', 'posix']) {
      const where = ['--sparse', `--format=${format}`, '-cf', '-', '-C', folder, ...names];
      const files = await told(execFileSync('tar', where));
      expect(files.map(([, problem]) => problem)).toEqual([
        expect.stringContaining('links are not followed'),
        'the entry is neither a file nor a folder',
        'the entry is neither a file nor a folder',
      ]);
    }
  });

  it.each<[string, string | Buffer, string, string]>([
    ['leads up', '../../etc/passwd', '../../etc/passwd', 'the name leads out of the archive'],
    ['leads up later', 'a/../../b', 'a/../../b', 'the name leads out of the archive'],
    ['is absolute', '/etc/passwd', 'etc/passwd', 'the name leads out of the archive'],
    ['is not UTF-8', Buffer.from([0x61, 0xff]), 'a\ufffd', 'the name is not text in UTF-8'],
    ['holds a line feed', 'a\nb', 'a\ufffdb', 'the name is not text in UTF-8'],
  ])('have no name that %s', async (_, name, path, problem) => {
    expect(await readOne(tarOf({ name, content: 'x' }, { name: 'good', content: 'y' }))).toEqual([
      { path, problem },
      { path: 'good', bytes: Buffer.from('y') },
    ]);
  });

  it('have names that come once, and are not too long', async () => {
    const long = Buffer.from(`${'n'.repeat(2000)}\0`);
    const files = await told(
      tarOf(
        { name: 'a', content: '1' },
        { name: './a', content: '2' },
        { name: '././@LongLink', type: 'L', content: long },
        { name: 'short', content: '3' },
      ),
    );
    expect(files).toEqual([
      ['a', 'the name comes twice in the archive'],
      ['n'.repeat(200), 'the name is longer than 1024 characters'],
    ]);
  });
});

describe('an archive', () => {
  const good = tarOf({ name: 'a', content: 'x'.repeat(1000) });
  const damaged = Buffer.from(good);
  damaged[3] = 0x62;
  const packed = gzipSync(good);
  const wrong = Buffer.from(packed);
  wrong[packed.length - 6] = (wrong[packed.length - 6] as number) ^ 0xff;
  const meta = (more: Partial<Packed>) => tarOf({ name: 'x', type: 'x', ...more }, { name: 'a' });
  const early = /ends too early/;

  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), early],
    ['text', Buffer.from('[web]\nhost\n'.repeat(100)), /no tar archive/],
    ['zip', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(1000)]), /no tar archive/],
    ['a head that was changed', damaged, /damaged/],
    ['half a head', good.subarray(0, 300), early],
    ['half a file', good.subarray(0, 800), early],
    ['no end', tarEntry({ name: 'a', content: 'x' }), early],
    ['half of gzip', packed.subarray(0, packed.length >> 1), /gzip/],
    ['gzip that was changed', wrong, /gzip/],
    ['gzip of text', gzipSync('x'.repeat(2000)), /no tar archive/],
    [
      'gzip in gzip',
      gzipSync(
        gzipSync(Buffer.concat([good, Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * n) % 251))])),
      ),
      /no tar archive|early/,
    ],
    ['a size beyond everything', tarOf({ name: 'a', size: 0o77777777777 }), /more than 33554432 bytes/],
    [
      'a file that is said to be longer',
      Buffer.concat([tarEntry({ name: 'a', size: 20_000 }), tarEnd]),
      early,
    ],
    ['an endless extended header', meta({ size: 2 ** 30 }), /header of the archive is longer/],
    ['an extended header that is none', meta({ content: 'nonsense' }), /extended header/],
    ['an extended header of length 0', meta({ content: '0 a=b\n' }), /extended header/],
    ['an extended header that is too short', meta({ content: '99 a=b\n' }), /extended header/],
    ['a size that is none', meta({ content: '11 size=-1\n' }), /size of an entry/],
  ])('of %s is refused', async (_, bytes, message) => {
    await expect(readOne(bytes)).rejects.toThrow(message);
    await expect(readOne(bytes)).rejects.toThrow(BadArchive);
  });

  it('may hold so many bytes, packed or not, and is not unpacked beyond', async () => {
    const bomb = gzipSync(tarOf({ name: 'a', content: Buffer.alloc(150_000_000) }));
    expect(bomb.length).toBeLessThan(200_000);
    let asked = 0;
    const source = function* () {
      for (let at = 0; at < bomb.length; at += 1000, asked += 1) yield bomb.subarray(at, at + 1000);
    };
    await expect(read(source(), { streamBytes: 2_000_000 }, () => false)).rejects.toThrow(
      'the archive is longer than 2000000 bytes when it is unpacked',
    );
    expect(asked).toBeLessThan(bomb.length / 2000);
    await expect(readOne(gunzipSync(bomb), { streamBytes: 2_000_000 })).rejects.toThrow(
      /longer than 2000000/,
    );
    await expect(readOne(bomb, { wholeBytes: 1000 })).rejects.toThrow(/more than 1000 bytes/);
  });

  it('may hold so many entries', async () => {
    const many = Array.from({ length: 20_001 }, (_, n) => tarEntry({ name: `f${n}`, type: '5' }));
    await expect(readOne(Buffer.concat([...many, tarEnd]))).rejects.toThrow(/more than 20000 entries/);
  });

  it('that breaks off rejects as its source does', async () => {
    const broken = function* () {
      yield gzipSync(good).subarray(0, 20);
      throw new RangeError('gone');
    };
    await expect(read(broken())).rejects.toThrow(RangeError);
    const plain = function* () {
      yield good.subarray(0, 600);
      throw new RangeError('gone');
    };
    await expect(read(plain())).rejects.toThrow(RangeError);
  });

  it('lets go of its source when it is refused', async () => {
    for (const bytes of [good, gzipSync(good)]) {
      const { promise: released, resolve } = Promise.withResolvers<void>();
      const source = async function* () {
        try {
          for (;;) yield bytes;
        } finally {
          resolve();
        }
      };
      await expect(read(source(), { wholeBytes: 1 })).rejects.toThrow(BadArchive);
      await released;
    }
  });
});
