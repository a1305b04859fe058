import { isIP } from 'node:net';
import type { Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import 'reflect-metadata';
import { nameMistake, namePattern } from '#libs/kernel/src/names.js';
import { isVariableKey } from './json.js';

const nullables = new WeakMap<object, Set<string>>();
const optionals = new WeakMap<object, Set<string>>();

const repeatables = new WeakMap<object, Set<string>>();

const mark = (marks: WeakMap<object, Set<string>>, target: object, property: string): void => {
  marks.set(target, (marks.get(target) ?? new Set()).add(property));
};

const isMarked = (marks: WeakMap<object, Set<string>>, target: object, property: string): boolean => {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
    if (marks.get(at)?.has(property)) return true;
  }
  return false;
};

export const isOptional = (target: object, property: string): boolean =>
  isMarked(optionals, target, property);
export const isRepeatable = (target: object, property: string): boolean =>
  isMarked(repeatables, target, property);
export const isNullable = (target: object, property: string): boolean =>
  isMarked(nullables, target, property);

/** May be left out; null is not the same. */
export const Optional = (): PropertyDecorator => (target, property) => {
  mark(optionals, target, String(property));
  ValidateIf((_, value) => value !== undefined)(target, property);
};

/** In a query: may be given several times, and comes as a list. */
export const Repeatable = (): PropertyDecorator => (target, property) =>
  mark(repeatables, target, String(property));

/** May be null; left out is not the same. */
export const Nullable = (): PropertyDecorator => (target, property) => {
  mark(nullables, target, String(property));
  ValidateIf((_, value) => value !== null)(target, property);
};

const all =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };

/** A rule of one's own for a member, with its part of the API's description. */
export const check = (
  name: string,
  fits: (value: unknown) => boolean,
  message: string | ((value: unknown) => string),
  schema: Record<string, unknown>,
): PropertyDecorator =>
  all(
    ValidateBy({
      name,
      validator: {
        validate: fits,
        defaultMessage: (asked) => (typeof message === 'string' ? message : message(asked?.value)),
      },
    }),
    JSONSchema(() => schema) as PropertyDecorator,
  );

const control = /\p{Cc}/u;
const controlButBreaks = /[^\P{Cc}\t\n\r]/u;

const isText =
  (most: number, refused: RegExp, least = 1) =>
  (value: unknown): boolean =>
    typeof value === 'string' && value.length >= least && value.length <= most && !refused.test(value);

const isLine = (most: number) => {
  const isShort = isText(most, control);
  return (value: unknown): boolean => isShort(value) && /\S/.test(value as string);
};

const noLine = (most: number) =>
  `must be 1 to ${most} characters without control characters, not blanks alone`;

/** One line that names something: in questions and answers, since old names are less proper than new ones. */
export const Name = (most = 255): PropertyDecorator =>
  check('name', isLine(most), noLine(most), {
    type: 'string',
    minLength: 1,
    maxLength: most,
    pattern: '\\S',
  });

/** The name that something is given. */
export const NewName = (most = 255): PropertyDecorator => {
  const isName = isLine(most);
  return check(
    'newName',
    (value) => isName(value) && nameMistake(value as string) === undefined,
    (value) => (isName(value) && nameMistake(value as string)) || noLine(most),
    { type: 'string', minLength: 1, maxLength: most, pattern: namePattern },
  );
};

/** Free text that may have several lines, and may be null. */
export const Note = (most = 4096): PropertyDecorator =>
  all(
    Nullable(),
    check(
      'note',
      isText(most, controlButBreaks, 0),
      `must be null or at most ${most} characters without control characters other than tabs and line breaks`,
      { type: 'string', maxLength: most },
    ),
  );

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value);

/** The identifier of something. */
export const Identifier = (): PropertyDecorator =>
  check('identifier', isUuid, 'must be a UUID in lower case', { type: 'string', format: 'uuid' });

const instant = /^\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** `Date` takes the thirtieth of February for the second of March. */
const isDay = (day: string): boolean => {
  const parsed = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day);
};

export const isInstant = (value: unknown): value is string =>
  typeof value === 'string' &&
  instant.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  isDay(value.slice(0, 10));

/** A point in time as RFC 3339 writes it. */
export const Instant = (): PropertyDecorator =>
  check('instant', isInstant, 'must be a time such as 2026-11-23T08:00:00Z', {
    type: 'string',
    format: 'date-time',
  });

export const Flag = (): PropertyDecorator => all(IsBoolean({ message: 'must be true or false' }));

export const Whole = (least: number, most: number): PropertyDecorator =>
  check(
    'whole',
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    `must be a whole number from ${least} to ${most}`,
    { type: 'integer', minimum: least, maximum: most },
  );

export const OneOf = (values: readonly (string | number)[]): PropertyDecorator =>
  IsIn([...values], { message: `must be one of ${values.join(', ')}` });

/** A list without repetitions of some of these words. */
export const SomeOf = (words: readonly string[], least = 1): PropertyDecorator =>
  check(
    'someOf',
    (value) =>
      Array.isArray(value) &&
      value.length >= least &&
      new Set(value).size === value.length &&
      value.every((word) => words.includes(word as string)),
    `must be a list of ${least} or more of ${words.join(', ')}, each once`,
    { type: 'array', items: { type: 'string', enum: [...words] }, minItems: least, uniqueItems: true },
  );

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parts = new WeakMap<object, (() => Class)[]>();

const rememberPart =
  (of: () => Class): PropertyDecorator =>
  (target) => {
    parts.set(target, [...(parts.get(target) ?? []), of]);
  };

/** The classes of the members that are objects of a class of their own. */
export const partsOf = (target: object): readonly Class[] => {
  const found: Class[] = [];
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
    found.push(...(parts.get(at) ?? []).map((of) => of()));
  }
  return found;
};

const reference = (of: () => Class) => ({ $ref: `#/components/schemas/${of().name}` });

/** An object of another class. */
export const Part = (of: () => Class): PropertyDecorator =>
  all(
    ValidateBy({
      name: 'part',
      validator: { validate: isObject, defaultMessage: () => 'must be an object' },
    }),
    ValidateNested(),
    Type(of),
    rememberPart(of),
    JSONSchema(() => reference(of)) as PropertyDecorator,
  );

/** A list of objects of another class. */
export const ListOf = (of: () => Class, most: number, least = 0): PropertyDecorator => {
  const fits = (value: unknown) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(isObject);
  const defaultMessage = () => `must be a list of ${least} to ${most} objects`;
  return all(
    ValidateBy({ name: 'listOf', validator: { validate: fits, defaultMessage } }),
    ValidateNested({ each: true }),
    Type(of),
    rememberPart(of),
    JSONSchema(() => ({
      type: 'array',
      items: reference(of),
      minItems: least,
      maxItems: most,
    })) as PropertyDecorator,
  );
};

const maxVariables = 1000;
/** Of their JSON text. One write to the log takes 900 KiB, and 1e20 in a body becomes 100000000000000000000 in an event. */
const maxVariablesBytes = 512 * 1024;

/** Variables of one owner: any JSON value under keys of 1 to 255 characters. */
export const Variables = (): PropertyDecorator =>
  check(
    'variables',
    (value) => {
      if (!isObject(value)) return false;
      const keys = Object.keys(value);
      return (
        keys.length <= maxVariables &&
        keys.every(isVariableKey) &&
        Buffer.byteLength(JSON.stringify(value)) <= maxVariablesBytes
      );
    },
    `must be an object of at most ${maxVariables} members and 512 KiB, with names of 1 to 255 characters without control characters`,
    { type: 'object', additionalProperties: true, maxProperties: maxVariables },
  );

/** Names of variables. */
export const VariableNames = (): PropertyDecorator =>
  check(
    'variableNames',
    (value) =>
      Array.isArray(value) &&
      value.length <= maxVariables &&
      value.every((key) => typeof key === 'string' && isVariableKey(key)),
    `must be a list of at most ${maxVariables} names of 1 to 255 characters without control characters`,
    {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 255 },
      maxItems: maxVariables,
    },
  );

/** An IPv4 or IPv6 address without a zone. */
export const IpAddress = (): PropertyDecorator =>
  check(
    'ipAddress',
    (value) => typeof value === 'string' && isIP(value) !== 0 && !value.includes('%'),
    'must be an IPv4 or IPv6 address',
    { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
  );

/** Any JSON object. */
export const AnyObject = (): PropertyDecorator =>
  check('anyObject', isObject, 'must be an object', { type: 'object', additionalProperties: true });
