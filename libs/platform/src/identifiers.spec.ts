import { jest } from '@jest/globals';
import { v4, v5, v7, validate, version } from 'uuid';
import { derivedId, newId } from './identifiers.js';

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

describe('a new identifier', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('is a UUIDv7 of this millisecond, in order, and never twice', () => {
    const before = Date.now();
    const ids = many(20_000, newId);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const [first] = ids.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
    expect(first).toBeGreaterThanOrEqual(before);
  });

  it('stays in order when the clock goes back, and when a millisecond is full', () => {
    const earlier = newId();
    jest.spyOn(Date, 'now').mockReturnValue(1000);
    const ids = [earlier, ...many(10_000, newId)];
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a derived identifier', () => {
  it.each([newId(), v7(), v4(), v5('x', v4())])(
    'is the same for the same origin and number: %s',
    (origin) => {
      const ids = many(5000, (number) => derivedId(origin, number));
      expect(ids).toEqual(many(5000, (number) => derivedId(origin, number)));
      expect(new Set([origin, ...ids]).size).toBe(5001);
      expect(ids.every((id) => validate(id))).toBe(true);
    },
  );

  it('keeps the place in time of an origin that has one, and differs early', () => {
    const origin = newId();
    const ids = many(1000, (number) => derivedId(origin, number));
    expect(ids.every((id) => id.startsWith(origin.slice(0, 14)))).toBe(true);
    expect(new Set(ids.map((id) => id.slice(0, 18))).size).toBe(1000);
  });
});
