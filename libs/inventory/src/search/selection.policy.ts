import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Step } from './vars-query.policy.js';

export const isObject = (value: Json): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

const member = (value: Json, name: string): readonly Json[] =>
  isObject(value) && Object.hasOwn(value, name) ? [value[name] as Json] : [];

const elements = (value: Json): readonly Json[] => (isArray(value) ? value : []);

const into = (value: Json, step: Step): readonly Json[] => {
  switch (step.type) {
    case 'member':
      return member(value, step.name);
    case 'members':
      return isObject(value) ? Object.values(value) : [];
    case 'element':
      return elements(value).slice(step.index, step.index + 1);
    case 'elements':
      return elements(value);
  }
};

/**
 * What a path selects in its variable's value: with a wildcard the array of everything that is found, else the value
 * itself; `undefined` when nothing is there.
 */
export const selector = (steps: readonly Step[]): ((value: Json) => Json | undefined) => {
  const wild = steps.some(({ type }) => type === 'members' || type === 'elements');
  return (value) => {
    let found: readonly Json[] = [value];
    for (const step of steps) {
      const [first] = found;
      // One value at a time is the common case, and many times faster.
      found = found.length === 1 ? into(first as Json, step) : found.flatMap((each) => into(each, step));
    }
    return wild && found.length > 0 ? found : found[0];
  };
};
