import type { Type } from '@nestjs/common';
import {
  getMetadataStorage,
  type ValidationArguments,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Condition = (instance: object, value: unknown) => boolean;

interface Check {
  readonly validator: ValidatorConstraintInterface;
  /** One for all that is asked: nobody keeps it, and a new one for each member of each row of an import is much. */
  readonly asked: ValidationArguments;
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

const checksOf = ({ constraintCls, propertyName, constraints }: Rule, targetName: string): readonly Check[] =>
  getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }) => ({
      validator: instance,
      asked: {
        value: undefined,
        object: {},
        property: propertyName,
        targetName,
        constraints: constraints as unknown[],
      },
    }));

const memberOf = (property: string, rules: readonly Rule[], targetName: string): Member => ({
  property,
  conditions: rules.filter(isCondition).map(({ constraints }) => constraints[0] as Condition),
  checks: rules.filter((rule) => !isCondition(rule)).flatMap((rule) => checksOf(rule, targetName)),
});

const memberFits = ({ property, conditions, checks }: Member, object: object): boolean => {
  const value: unknown = (object as Record<string, unknown>)[property];
  for (const holds of conditions) if (!holds(object, value)) return true;
  for (const { validator, asked } of checks) {
    asked.value = value;
    asked.object = object;
    if (validator.validate(value, asked) !== true) return false;
  }
  return true;
};

/**
 * class-validator's rules of a class, looked up once, as one question about an instance. Only its yes counts: who is told no asks
 * class-validator itself, which gives the reasons. Undefined for a class with members of classes of their own.
 */
export const fittingOf = (type: Type): ((instance: object) => boolean) | undefined => {
  const rules = rulesOf(type);
  if (rules.length === 0 || !rules.every(isPlain)) return undefined;
  const members = [...Map.groupBy(rules, ({ propertyName }) => propertyName)].map(([property, own]) =>
    memberOf(property, own, type.name),
  );
  return (instance) => members.every((member) => memberFits(member, instance));
};
