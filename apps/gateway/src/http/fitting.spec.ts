import type { Type } from '@nestjs/common';
import { Allow, IsIn, validateSync, ValidateIf } from 'class-validator';
import { fittingOf } from './fitting.js';
import {
  Flag,
  Identifier,
  ListOf,
  Name,
  Note,
  Nullable,
  Optional,
  SomeOf,
  Variables,
  Whole,
} from './fields.js';

class Base {
  @Name(10)
  readonly name: string;
}

class Derived extends Base {
  @Optional()
  @Note()
  readonly note?: string | null;

  @Optional()
  @Nullable()
  @Identifier()
  readonly parent_id?: string | null;

  @Optional()
  @Flag()
  readonly active?: boolean;

  @Optional()
  @Whole(1, 9)
  readonly count?: number;

  @IsIn(['up', 'down'])
  readonly state: string = 'up';

  @Optional()
  @SomeOf(['red', 'blue'])
  readonly colours?: readonly string[];

  @Optional()
  @Variables()
  readonly variables?: object;

  @ValidateIf(({ active }: Derived) => active === true)
  @Name()
  readonly reason?: string;
}

class Whole5 {
  @ListOf(() => Base, 5)
  readonly parts: readonly Base[];
}

class Lists {
  @IsIn(['a', 'b'], { each: true })
  readonly letters: readonly string[];
}

class Loose {
  @Allow()
  readonly anything: unknown;
}

class Empty {}

const id = '0190c0de-0000-7000-8000-000000000001';
const values = [
  undefined,
  null,
  '',
  'up',
  'a\u0000',
  'a name that is too long',
  id,
  0,
  5,
  1.5,
  true,
  [],
  ['red'],
  ['red', 'red'],
  {},
  { a: 1 },
];
const members = ['name', 'note', 'parent_id', 'active', 'count', 'state', 'colours', 'variables', 'reason'];

const made = (given: object): Derived => Object.assign(new Derived(), { name: 'n' }, given);
const isRight = (instance: object) => validateSync(instance, { forbidUnknownValues: true }).length === 0;

describe('the question whether an instance fits its class', () => {
  const fits = fittingOf(Derived);

  it('is answered as class-validator answers it, whatever a member holds', () => {
    const instances = members.flatMap((member) =>
      values.flatMap((value) => [made({ [member]: value }), made({ active: true, [member]: value })]),
    );
    const expected = instances.map(isRight);
    expect(instances.map((instance) => fits?.(instance))).toEqual(expected);
    expect(new Set(expected)).toEqual(new Set([true, false]));
  });

  it.each<[string, Type]>([
    ['members of classes of their own', Whole5],
    ['rules for each element', Lists],
    ['members without a rule', Loose],
    ['no members', Empty],
  ])('is left to class-validator for a class with %s', (_, type) => {
    expect(fittingOf(type)).toBeUndefined();
  });
});
