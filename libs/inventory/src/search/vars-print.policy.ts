import { type Condition, type Expression, isCondition } from './vars-query.policy.js';
import type { Path, Step, VarsQuery } from './vars-query.policy.js';

const name = /^[\p{ID_Start}$_][\u200c\u200d\p{ID_Continue}$]*$/u;
const firstName = /^[\p{ID_Start}$_][\u200c\u200d\p{ID_Continue}$-]*$/u;
/** Bare, these would be read as an operator, or as the root that JSONPath writes in front of a path. */
const reserved = new Set(['not', '$']);

const printStep = (step: Step): string => {
  switch (step.type) {
    case 'member':
      return `.${name.test(step.name) ? step.name : JSON.stringify(step.name)}`;
    case 'members':
      return '.*';
    case 'element':
      return `[${step.index}]`;
    case 'elements':
      return '[*]';
  }
};

/** The path in its one canonical spelling. */
export const printPath = ({ key, steps }: Path): string => {
  const first = firstName.test(key) && !reserved.has(key) ? key : JSON.stringify(key);
  return first + steps.map(printStep).join('');
};

const printCondition = (condition: Condition): string => {
  const path = printPath(condition.path);
  switch (condition.type) {
    case 'contains':
      return `${path}:${JSON.stringify(condition.value)}`;
    case 'differs':
      return `${path} != ${JSON.stringify(condition.value)}`;
    case 'among':
      return `${path} in ${JSON.stringify(condition.values)}`;
    case 'compares':
      return `${path} ${condition.order} ${JSON.stringify(condition.value)}`;
    case 'exists':
      return `${path} exists`;
    case 'prefix':
      return `${path} prefix ${JSON.stringify(condition.text)}`;
  }
};

const within = (expression: Expression, looser: readonly Expression['type'][]): string =>
  looser.includes(expression.type) ? `(${printExpression(expression)})` : printExpression(expression);

const printExpression = (expression: Expression): string => {
  if (isCondition(expression)) return printCondition(expression);
  switch (expression.type) {
    case 'any':
      return expression.of.map(printExpression).join(' or ');
    case 'all':
      return expression.of.map((part) => within(part, ['any'])).join(' and ');
    case 'not':
      return `not ${within(expression.of, ['any', 'all'])}`;
  }
};

/** The query in its one canonical spelling: parsing it gives the query back. */
export const printVarsQuery = (query: VarsQuery): string => printExpression(query.expression);
