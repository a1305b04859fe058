import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, ValidationTypes, type ValidationError } from 'class-validator';
import 'reflect-metadata';
import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import { isRepeatable } from './fields.js';
import { fittingOf, rulesOf } from './fitting.js';
import { isWholeBody } from './whole-body.js';

interface Shape {
  readonly members: ReadonlySet<string>;
  /** Members that are objects of a class of their own: only then is class-transformer worth its time. */
  readonly nested: boolean;
  /** No member is needed: to give none is right. */
  readonly optional: boolean;
  /** Whether an instance is right, at a small part of what class-validator takes to say why it is not. */
  readonly fits: ((instance: object) => boolean) | undefined;
}

const shapes = new Map<Type, Shape>();

const shapeOf = (type: Type): Shape => {
  const known = shapes.get(type);
  if (known) return known;
  const rules = rulesOf(type);
  const shape = {
    members: new Set(rules.map(({ propertyName }) => propertyName)),
    nested: rules.some((one) => one.type === ValidationTypes.NESTED_VALIDATION),
    optional: validateSync(new type() as object, { forbidUnknownValues: true }).length === 0,
    fits: fittingOf(type),
  };
  shapes.set(type, shape);
  return shape;
};

const violationsOf = (errors: readonly ValidationError[], path: readonly string[] = []): Violation[] =>
  errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const member = [...path, property];
    const own = Object.entries(constraints).map(([name, message]) => ({
      member: member.join('.'),
      message: name === 'whitelistValidation' ? 'is not known here' : message,
    }));
    return [...own, ...violationsOf(children, member)];
  });

const refuse = (violations: readonly Violation[]): never => {
  const distinct = new Map(violations.map((violation) => [violation.member + violation.message, violation]));
  throw new DomainError('validation-failed', 'the request does not fit its schema', {
    violations: [...distinct.values()],
  });
};

const instanceOf = (type: Type, shape: Shape, value: object): object =>
  shape.nested ? (plainToInstance(type, value) as object) : (Object.assign(new type(), value) as object);

/** The value as an instance of the class, or `validation-failed` that names every member which does not fit. */
const validated = (type: Type, value: object): object => {
  const shape = shapeOf(type);
  const given = Object.keys(value);
  if (given.length === 0 && shape.optional) return new type() as object;
  if (!given.every((member) => shape.members.has(member))) {
    const unknown = given.filter((member) => !shape.members.has(member));
    refuse(unknown.map((member) => ({ member, message: 'is not known here' })));
  }
  const instance = instanceOf(type, shape, value);
  if (shape.fits?.(instance) === true) return instance;
  const errors = validateSync(instance, {
    whitelist: shape.nested,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  if (errors.length > 0) refuse(violationsOf(errors));
  return instance;
};

const validWhole = (type: Type, value: unknown): object => {
  const instance = Object.assign(new type() as object, { value });
  const errors = validateSync(instance, { forbidUnknownValues: true });
  if (errors.length > 0)
    refuse(violationsOf(errors).map(({ message }) => ({ member: '', message: `the body ${message}` })));
  return instance;
};

export const validBody = (type: Type, value: unknown): object => {
  if (isWholeBody(type)) return validWhole(type, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse([{ member: '', message: 'the body must be a JSON object' }]);
  }
  return validated(type, value);
};

// Craton's own clients ask with `details=all`.
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  all: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

const converted = (type: Type, member: string, text: string): unknown => {
  const declared: unknown = Reflect.getMetadata('design:type', type.prototype as object, member);
  if (declared === Number) return /^\d{1,15}$/.test(text) ? Number(text) : text;
  if (declared === Boolean) return truths[text] ?? text;
  return text;
};

export const validQuery = (type: Type, value: unknown): object => {
  const members = Object.entries((value ?? {}) as Record<string, string | string[]>).map(
    ([member, given]) => {
      if (isRepeatable(type.prototype as object, member)) return [member, [given].flat()] as const;
      if (typeof given !== 'string') return refuse([{ member, message: 'must be given once' }]);
      return [member, converted(type, member, given)] as const;
    },
  );
  // Members of whatever name, __proto__ included, become members and nothing else.
  return validated(type, Object.fromEntries(members));
};

/** Turns bodies and query strings into the classes that the controllers declare, or refuses them. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'body') return validBody(metatype as Type, value);
    return type === 'query' ? validQuery(metatype as Type, value) : value;
  }
}
