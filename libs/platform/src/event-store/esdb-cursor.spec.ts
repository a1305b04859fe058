import type { Cursor } from '#libs/kernel/src/event.js';
import fc from 'fast-check';
import { comparePositions, decodeUnsealed, EsdbCursors, origin, type Position } from './esdb-cursor.js';
import { CursorMismatch } from './event-store.errors.js';

const cursors = new EsdbCursors('0198c0de-0000-7000-8000-000000000001');
const others = new EsdbCursors('0198c0de-0000-7000-8000-000000000002');

const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const positions = fc.record({ commit: offset, prepare: offset });

describe('a cursor of EventStoreDB', () => {
  it('is read back as it was written, by its own store and no other', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const cursor = cursors.encode(position);
        expect(cursors.decode(cursor)).toEqual(position);
        expect(decodeUnsealed(cursor)).toEqual(position);
        expect(() => others.decode(cursor)).toThrow(CursorMismatch);
      }),
    );
  });

  it('sorts as a string in the order of the log', () => {
    const sign = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
    const close = fc.tuple(positions, fc.constantFrom(0n, 1n, 16n)).map(([position, more]) => {
      const next: Position = { commit: position.commit + more, prepare: position.prepare };
      return [position, next] as const;
    });
    fc.assert(
      fc.property(fc.oneof(close, fc.tuple(positions, positions)), ([a, b]) => {
        expect(sign(cursors.encode(a), cursors.encode(b))).toBe(comparePositions(a, b));
        expect(cursors.encode(a)).toHaveLength(cursors.encode(origin).length);
      }),
    );
  });

  it('that nobody was given is refused', () => {
    const cursor = cursors.encode({ commit: 4096n, prepare: 4096n });
    const forged = cursor.replace('1000', '1001');
    expect(forged).not.toBe(cursor);
    for (const nonsense of [
      forged,
      `${cursor} `,
      cursor.toUpperCase(),
      cursor.slice(0, -1),
      '',
      'k1:',
      17,
      null,
    ])
      expect(() => cursors.decode(nonsense as Cursor)).toThrow(CursorMismatch);
  });
});
