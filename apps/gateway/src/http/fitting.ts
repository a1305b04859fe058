import type { Type } from '@nestjs/common';
import { getMetadataStorage, ValidationTypes, type ValidatorConstraintInterface } from 'class-validator';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Condition = (instance: object, value: unknown) => boolean;

interface Check {
  readonly validator: ValidatorConstraintInterface;
  readonly constraints: unknown[];
}

interface Member {
  readonly property: string;
  /** All must hold, or the member is not looked at. */
  readonly conditions: readonly Condition[];
  readonly checks: readonly Check[];
}

/** What class-validator goes by for a class, in the order of its members. */
export const rulesOf = (type: Type): readonly Rule[] =>
  getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);

const isCondition = ({ type }: Rule): boolean => type === ValidationTypes.CONDITIONAL_VALIDATION;

/** What the question below knows how to ask. */
const isPlain = (rule: Rule): boolean =>
  isCondition(rule) ||
  (rule.type === ValidationTypes.CUSTOM_VALIDATION &&
    !rule.each &&
    !rule.validateIf &&
    getMetadataStorage()
      .getTargetValidatorConstraints(rule.constraintCls)
      .every(({ async }) => !async));

const checksOf = (rule: Rule): readonly Check[] =>
  getMetadataStorage()
    .getTargetValidatorConstraints(rule.constraintCls)
    .map(({ instance }) => ({ validator: instance, constraints: rule.constraints as unknown[] }));

const memberOf = (property: string, rules: readonly Rule[]): Member => ({
  property,
  conditions: rules.filter(isCondition).map(({ constraints }) => constraints[0] as Condition),
  checks: rules.filter((rule) => !isCondition(rule)).flatMap(checksOf),
});

const memberFits = (
  { property, conditions, checks }: Member,
  object: object,
  targetName: string,
): boolean => {
  const value: unknown = (object as Record<string, unknown>)[property];
  if (!conditions.every((holds) => holds(object, value))) return true;
  return checks.every(
    ({ validator, constraints }) =>
      validator.validate(value, { value, object, property, targetName, constraints }) === true,
  );
};

/**
 * class-validator's rules of a class, looked up once, as one question about an instance. Only its yes counts: who is told no asks
 * class-validator itself, which gives the reasons. Undefined for a class with members of classes of their own.
 */
export const fittingOf = (type: Type): ((instance: object) => boolean) | undefined => {
  const rules = rulesOf(type);
  if (rules.length === 0 || !rules.every(isPlain)) return undefined;
  const members = [...Map.groupBy(rules, ({ propertyName }) => propertyName)].map(([property, own]) =>
    memberOf(property, own),
  );
  return (instance) => members.every((member) => memberFits(member, instance, type.name));
};
