import { randomBytes } from 'node:crypto';
import { areKeys, KeyRing, type Sealed } from './key-ring.js';

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64url')];
const ring = KeyRing.of(`new:${first},old:${second}`);

const changed = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

describe('a ring of keys', () => {
  it.each(['', 'x', 'ü☃ \u0000', '"'.repeat(100_000)])('opens what it sealed', (text) => {
    const sealed = ring.seal(text, 'context');
    expect(sealed.key).toBe('new');
    expect(ring.open(sealed, 'context')).toBe(text);
  });

  it('seals the same text differently each time, and texts of similar length to one length', () => {
    const seals = Array.from({ length: 100 }, (_, index) => ring.seal('x'.repeat(index % 28), ''));
    expect(new Set(seals.map(({ nonce }) => nonce)).size).toBe(100);
    expect(new Set(seals.map(({ sealed }) => sealed)).size).toBe(100);
    expect(new Set(seals.map(({ sealed }) => sealed.length)).size).toBe(1);
  });

  it('opens nothing under another context, and nothing that was changed', () => {
    const sealed = ring.seal('text', 'context');
    const others: Sealed[] = [
      { ...sealed, key: 'old' },
      { ...sealed, key: 'unknown' },
      { ...sealed, nonce: changed(sealed.nonce) },
      { ...sealed, nonce: '' },
      { ...sealed, sealed: changed(sealed.sealed) },
      { ...sealed, sealed: sealed.sealed.slice(0, -4) },
      { ...sealed, sealed: '' },
    ];
    expect(ring.open(sealed, 'context 2')).toBeUndefined();
    expect(others.map((other) => ring.open(other, 'context'))).toEqual(others.map(() => undefined));
  });

  it('opens what its older keys sealed', () => {
    const sealed = KeyRing.of(`old:${second}`).seal('text', 'c');
    expect(ring.open(sealed, 'c')).toBe('text');
    expect(KeyRing.of(`new:${first}`).open(sealed, 'c')).toBeUndefined();
  });

  it('names a key without a name by what it is', () => {
    const nameless = KeyRing.of(first);
    expect(nameless.current).toMatch(/^[0-9a-f]{8}$/);
    expect(KeyRing.of(`${second}, ${first}`).open(nameless.seal('text', ''), '')).toBe('text');
  });

  it('opens with a key that has a name by now what it sealed without one', () => {
    const sealed = KeyRing.of(first).seal('text', 'c');
    const renamed = KeyRing.of(`new:${second},old:${first}`);
    expect(renamed.open(sealed, 'c')).toBe('text');
    expect(renamed.open({ ...sealed, key: KeyRing.of(second).current ?? '' }, 'c')).toBeUndefined();
  });

  it('knows its keys by name, and the one that seals by its fingerprint too', () => {
    const fingerprint = KeyRing.of(first).current ?? '';
    const told = (name: string) => [ring.has(name), ring.isCurrent(name)];
    expect([told('new'), told(fingerprint), told('old'), told('other')]).toEqual([
      [true, true],
      [true, true],
      [true, false],
      [false, false],
    ]);
    // Somebody may give a key the fingerprint of another for a name.
    const odd = KeyRing.of(`new:${first},${fingerprint}:${second}`);
    expect([odd.has(fingerprint), odd.isCurrent(fingerprint)]).toEqual([true, false]);
    expect(KeyRing.of(undefined).isCurrent('new')).toBe(false);
  });

  it('marks a text the same way each time, by each key in another way', () => {
    const marks = ring.marksOf('text');
    expect(marks).toEqual(ring.marksOf('text'));
    expect(new Set([...marks, ...ring.marksOf('other')]).size).toBe(4);
    expect(KeyRing.of(`other-name:${second}`).marksOf('text')).toEqual(marks.slice(1));
  });

  it('may be empty: it opens nothing and cannot seal', () => {
    const empty = KeyRing.of(undefined);
    expect([empty.current, empty.open(ring.seal('', ''), ''), empty.marksOf('x')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
    expect(() => empty.seal('', '')).toThrow('no key');
  });

  it.each(['', ',', 'x', first.slice(1), `${first},`, `a:${first},a:${second}`, `b c:${first}`, `${first}=`])(
    'is not made of %j',
    (text) => {
      expect(areKeys(text)).toBe(false);
      expect(() => KeyRing.of(text)).toThrow(/^these are no keys$/);
    },
  );
});
