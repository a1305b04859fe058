import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import {
  Flag,
  Identifier,
  Instant,
  ListOf,
  Name,
  Note,
  Nullable,
  Optional,
  Part,
  SomeOf,
  Variables,
  Whole,
} from './fields.js';
import { unstorable } from './json.js';
import { validBody, validQuery } from './validation.pipe.js';

class Piece {
  @Name(10)
  readonly name: string;
}

class Body {
  @Name()
  readonly name: string;

  @Optional()
  @Note()
  readonly note?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly parent_id?: string | null;

  @Optional()
  @Variables()
  readonly variables?: object;

  @Optional()
  @SomeOf(['red', 'blue'])
  readonly colours?: readonly string[];
}

class Assembly {
  @ListOf(() => Piece, 5, 1)
  readonly pieces: readonly Piece[];

  @Optional()
  @Part(() => Piece)
  readonly main?: Piece;
}

class Query {
  @Whole(1, 100)
  readonly limit: number = 30;

  @Optional()
  @Flag()
  readonly details?: boolean;

  @Optional()
  @Instant()
  readonly since?: string;
}

const violations = (attempt: () => unknown): readonly Violation[] => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) return error.violations;
    throw error;
  }
  throw new Error('it was accepted');
};
const members = (attempt: () => unknown) => violations(attempt).map(({ member }) => member);

describe('a body', () => {
  it('becomes an instance of its class', () => {
    const body = validBody(Body, { name: 'cloud-1', note: 'two\nlines', parent_id: null });
    expect(body).toBeInstanceOf(Body);
    expect(body).toEqual({ name: 'cloud-1', note: 'two\nlines', parent_id: null });
  });

  it.each([null, undefined, 'text', 7, true, [], [{}]])('is refused when it is %j', (value) => {
    expect(violations(() => validBody(Body, value))).toEqual([
      { member: '', message: 'the body must be a JSON object' },
    ]);
  });

  it.each(['', 'x'.repeat(256), 'a\u0000b', 'a\nb', 'a\u0085b', 7, null, undefined, {}, ['a']])(
    'is refused with the name %j',
    (name) => expect(members(() => validBody(Body, { name }))).toEqual(['name']),
  );

  it.each(['colour', 'toString', 'constructor', '__proto__', 'hasOwnProperty', ''])(
    'is refused with the unknown member %j',
    (member) => {
      const value = JSON.parse(`{"name":"a","${member}":1}`) as object;
      expect(violations(() => validBody(Body, value))).toEqual([{ member, message: 'is not known here' }]);
    },
  );

  it('takes null only where null is allowed', () => {
    expect(members(() => validBody(Body, { name: 'a', variables: null, colours: null }))).toEqual([
      'variables',
      'colours',
    ]);
  });

  it('names every member that does not fit', () => {
    const body = { name: '', note: 7, parent_id: 'x', variables: { '': 1 }, colours: ['red', 'red'] };
    expect(members(() => validBody(Body, body))).toEqual([
      'name',
      'note',
      'parent_id',
      'variables',
      'colours',
    ]);
  });

  it('names members inside members', () => {
    const body = { pieces: [{ name: 'a' }, { name: '' }, { name: 'b', size: 1 }], main: { name: 7 } };
    expect(members(() => validBody(Assembly, body))).toEqual(['pieces.1.name', 'pieces.2.size', 'main.name']);
  });

  it.each([[[]], [[[{ name: 'a' }]]], [{}], [[null]], [['a']], [Array(6).fill({ name: 'a' })], [null]])(
    'is refused with the list %j',
    (pieces) => expect(members(() => validBody(Assembly, { pieces }))).toContain('pieces'),
  );

  it.each([[[]], [[{ name: 'a' }]], ['a'], [7], [null]])('is refused with the part %j', (main) =>
    expect(members(() => validBody(Assembly, { pieces: [{ name: 'a' }], main }))).toContain('main'),
  );
});

describe('a query string', () => {
  it('becomes numbers and flags where those are declared', () => {
    expect(validQuery(Query, { limit: '50', details: 'all', since: '2026-11-23T08:00:00Z' })).toEqual({
      limit: 50,
      details: true,
      since: '2026-11-23T08:00:00Z',
    });
    expect(validQuery(Query, {})).toEqual({ limit: 30 });
  });

  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1e1'],
    ['limit', '-1'],
    ['limit', ''],
    ['details', 'perhaps'],
    ['details', 'constructor'],
    ['since', 'yesterday'],
    ['since', '2026-13-45T00:00:00Z'],
    ['page', '1'],
  ])('is refused with %s=%s', (member, value) => {
    expect(members(() => validQuery(Query, { [member]: value }))).toEqual([member]);
  });

  it('is refused with a parameter given twice', () => {
    expect(violations(() => validQuery(Query, { limit: ['1', '2'] }))).toEqual([
      { member: 'limit', message: 'must be given once' },
    ]);
  });
});

describe('JSON from outside', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  it('may be nested, but not without end', () => {
    expect(unstorable(nested(32))).toBeNull();
    expect(unstorable({ a: nested(32) })?.violations[0]?.message).toMatch(/nested deeper than 32/);
  });

  it('may not hold a number that JSON cannot say again', () => {
    expect(unstorable(JSON.parse('{"a":{"b":[1,1e999]}}'))?.violations).toEqual([
      { member: 'a.b.1', message: 'must be a finite number' },
    ]);
  });

  it('may not hold half a character', () => {
    expect(unstorable({ a: ['\ud800'] })?.violations[0]?.member).toBe('a.0');
    expect(unstorable({ a: { '\udc00': 1 } })?.violations[0]?.member).toBe('a.\ufffd');
    expect(unstorable({ a: '😀', b: null, c: true })).toBeNull();
  });
});
