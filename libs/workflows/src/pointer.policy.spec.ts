import { depthOf, find, NothingThere, pointersIn, resolve } from './pointer.policy.js';

describe('a pointer', () => {
  const document = { a: [{ 'b/c': 1 }, { 'd~e': [2] }], '': 3, null: null };

  it.each([
    ['', document],
    ['/', 3],
    ['/a/0/b~1c', 1],
    ['/a/1/d~0e/0', 2],
    ['/null', null],
  ])('%p finds what RFC 6901 says', (pointer, found) => {
    expect(find(pointer, document)).toEqual(found);
  });

  it.each([
    'a',
    '/b',
    '/a/2',
    '/a/-',
    '/a/01',
    '/a/length',
    '/null/x',
    '/__proto__',
    '/constructor',
    '/a/0/b~1c/0',
  ])('%p finds nothing', (pointer) => {
    expect(() => find(pointer, document)).toThrow(NothingThere);
  });

  it('is replaced wherever it stands, and what it finds is data', () => {
    const scope = { x: { $: '/y' }, y: 1 };
    expect(resolve({ a: [{ $: '/x' }], b: { $: '/y', c: 2 } }, scope)).toEqual({
      a: [{ $: '/y' }],
      b: { $: '/y', c: 2 },
    });
    expect(pointersIn({ a: [{ $: '/x' }], b: { c: { $: '/y' } } })).toEqual(['/x', '/y']);
  });

  it('does not let a member named __proto__ become one', () => {
    const value = JSON.parse('{"a":{"__proto__":{"b":1}}}');
    expect(JSON.stringify(resolve(value, {}))).toBe('{"a":{"__proto__":{"b":1}}}');
    expect(resolve(value, {})).not.toHaveProperty('a.b');
  });
});

describe('the depth of a value', () => {
  it('is counted no further than the limit', () => {
    expect([depthOf(1, 5), depthOf([], 5), depthOf({ a: [1] }, 5)]).toEqual([0, 1, 2]);
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    expect(depthOf(deep, 32)).toBe(33);
  });
});
