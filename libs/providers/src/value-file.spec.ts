import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '#libs/platform/src/clock.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { until } from '#test/support/until.js';
import { Memory } from './memory.js';
import { ValueFile } from './value-file.js';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const old = KeyRing.of(`old:${older}`);
const both = KeyRing.of(`new:${newer},old:${older}`);
const young = KeyRing.of(`new:${newer}`);
const start = Date.parse('2026-01-01T00:00:00Z');

class Hand implements Clock {
  ms = start;
  now(): Date {
    return new Date(this.ms);
  }
}

let directory: string;
let path: string;
let clock: Hand;
let warnings: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'craton-values-'));
  path = join(directory, 'values.jsonl');
  clock = new Hand();
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true }));

const open = async (ring = old, delayMs = 3_600_000) => {
  const memory = new Memory(clock);
  const warn = (message: string) => void warnings.push(message);
  return { memory, file: await ValueFile.open({ path, ring, memory, warn, delayMs }) };
};
/** What is known after another start. */
const known = async (ring = old) => {
  const { memory, file } = await open(ring);
  await file.close();
  return memory.values().map(([key, { text, at }]) => [key, text, at.getTime() - start]);
};
const kept = async (values: Readonly<Record<string, string>>, ring = old) => {
  const { memory, file } = await open(ring);
  for (const [key, text] of Object.entries(values)) memory.see(key, text);
  await file.close();
};
const linesIn = async () => (await readFile(path, 'utf8')).trimEnd().split('\n');

describe('last values of providers on the disk', () => {
  it('are there after another start, with the time at which they were seen', async () => {
    const { memory, file } = await open();
    memory.see('a', '1');
    memory.see('b', '"ü☃ \\n"');
    clock.ms += 1000;
    memory.see('a', '2');
    await file.close();
    expect(await known()).toEqual([
      ['b', '"ü☃ \\n"', 0],
      ['a', '2', 1000],
    ]);
    const again = await open();
    clock.ms += 1000;
    again.memory.see('b', '3');
    again.memory.see('c', '4');
    await again.file.close();
    expect(await known()).toEqual([
      ['a', '2', 1000],
      ['b', '3', 2000],
      ['c', '4', 2000],
    ]);
    expect(warnings).toEqual([]);
  });

  it('are written soon, without anybody waiting for it', async () => {
    const { memory, file } = await open(old, 1);
    memory.see('a', '1');
    await until(async () => (await known()).length === 1);
    memory.see('b', '2');
    await until(async () => (await known()).length === 2);
    await file.close();
    memory.see('c', '3');
    expect(await known()).toHaveLength(2);
  });

  it('are sealed, for the owner alone', async () => {
    await kept({ key: '"confidential"' });
    const text = await readFile(path, 'utf8');
    expect(text).not.toMatch(/confidential|Y29uZmlkZW50aWFs/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('are not kept without a key, which leaves what was kept as it is', async () => {
    const none = KeyRing.of(undefined);
    await kept({ a: '1' }, none);
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
    await kept({ a: '1' });
    await kept({ a: '2' }, none);
    expect([await known(none), await known()]).toEqual([[], [['a', '1', 0]]]);
    expect(warnings).toEqual([]);
  });

  it('are sealed anew under a new key, and gone without any key that opens them', async () => {
    await kept({ a: '1' });
    const { file } = await open(both, 1);
    await until(async () => (await linesIn()).every((line) => line.includes('"key":"new"')));
    await file.close();
    expect(await known(young)).toEqual([['a', '1', 0]]);
    expect(await known(old)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('is sealed with key "new", which is not at hand')]);
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  });

  it('are what there is before a line that was cut off', async () => {
    await kept({ a: '1' });
    const [line = ''] = await linesIn();
    await appendFile(path, line.slice(0, 30));
    expect(await known()).toEqual([['a', '1', 0]]);
    await kept({ b: '2' });
    expect(await known()).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each<[string, (line: string) => string | Buffer]>([
    ['other text', () => 'hello\n'],
    ['other bytes', () => Buffer.from([0, 255, 10, 0, 10])],
    ['other JSON', () => '{"key":"old","nonce":1}\n'],
    ['an empty line', (line) => `${line}\n\n${line}\n`],
    ['a seal that was changed', (line) => `${line.replace(/"sealed":"./, '"sealed":"-')}\n`],
  ])('are thrown away when the file has %s', async (_, damaged) => {
    await kept({ a: '1' });
    const [line = ''] = await linesIn();
    await writeFile(path, damaged(line));
    expect(await known()).toEqual([]);
    expect(warnings).toEqual([`${path} is damaged: the last values of providers are not known any more`]);
    await kept({ b: '2' });
    expect(await known()).toEqual([['b', '2', 0]]);
  });

  it('do not take more of the disk than what they say is worth', async () => {
    const { memory, file } = await open(old, 1);
    const long = 'x'.repeat(60_000);
    const sizes: number[] = [];
    for (let index = 0; index < 60; index += 1) {
      const before = await linesIn().catch(() => []);
      memory.see(`k${index % 3}`, JSON.stringify(`${index}${long}`));
      const isWritten = async () => (await linesIn().catch(() => [])).join() !== before.join();
      await until(isWritten);
      sizes.push((await stat(path)).size);
    }
    await file.close();
    expect(Math.max(...sizes)).toBeLessThan(1.3 * 1024 * 1024);
    expect(sizes.some((size, index) => size < (sizes[index - 1] ?? 0))).toBe(true);
    expect((await known()).map(([key, text]) => [key, String(text).slice(1, 3)])).toEqual([
      ['k0', '57'],
      ['k1', '58'],
      ['k2', '59'],
    ]);
  });

  it('that cannot be written are told of once, and kept again when they can', async () => {
    await mkdir(`${path}.new`);
    const { memory, file } = await open(old, 1);
    memory.see('a', '1');
    await until(() => Promise.resolve(warnings.length > 0));
    memory.see('b', '1');
    await rm(`${path}.new`, { recursive: true });
    memory.see('c', '1');
    await until(async () => (await known()).length === 3);
    await file.close();
    expect(warnings).toEqual([expect.stringMatching(/^the last values of providers cannot be kept: /)]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a pipe', () => promisify(execFile)('mkfifo', [path])],
    ['a device', () => symlink('/dev/zero', path)],
  ])('are kept in a file of their own where %s is in its place', async (_, put) => {
    await put();
    expect(await known()).toEqual([]);
    expect(warnings).toEqual([`${path} is no file: the last values of providers are not known any more`]);
    await kept({ a: '1' });
    expect(await known()).toEqual([['a', '1', 0]]);
    expect((await lstat(path)).isFile()).toBe(true);
  });

  it('that cannot be read are no reason not to start', async () => {
    await mkdir(path);
    const { memory, file } = await open();
    memory.see('a', '1');
    await file.close();
    expect(memory.peek('a')?.text).toBe('1');
    expect(warnings.length).toBeGreaterThan(0);
  });
});
