import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isArray, isObject } from './selection.policy.js';

type Test = (value: Json) => boolean;

/** Whether the value, or an element of it at any depth when it is an array, passes. Stored arrays may nest deeper than the stack. */
export const someScalar =
  (test: Test): Test =>
  (value) => {
    if (!isArray(value)) return test(value);
    const open: Json[] = [value];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (isArray(next)) for (const element of next) open.push(element);
      else if (test(next)) return true;
    }
    return false;
  };

/** Repetitions in the query would only cost time. */
const distinct = (values: readonly Json[]): readonly Json[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

const containsAll = (wanted: readonly Json[]): Test => {
  const tests = distinct(wanted).map(contains);
  return (value) => isArray(value) && tests.every((test) => value.some(test));
};

const containsMembers = (wanted: JsonObject): Test => {
  const tests = Object.entries(wanted).map(([name, member]) => [name, contains(member)] as const);
  return someScalar(
    (value) =>
      isObject(value) &&
      tests.every(([name, test]) => Object.hasOwn(value, name) && test(value[name] as Json)),
  );
};

/**
 * JSON containment: equal scalars of one type; an array contains what one of its elements contains, and another array
 * when it contains each of that one's elements; an object contains an object whose every member its own contains.
 */
export const contains = (wanted: Json): Test => {
  if (isArray(wanted)) return containsAll(wanted);
  if (isObject(wanted)) return containsMembers(wanted);
  return someScalar((value) => value === wanted);
};

/** Containment of at least one of the wanted values; scalars cost one look-up however many there are. */
export const containsAny = (wanted: readonly Json[]): Test => {
  const scalars = new Set<Json>(wanted.filter((value) => value === null || typeof value !== 'object'));
  const others = distinct(wanted.filter((value) => !scalars.has(value))).map(contains);
  const hasScalar = someScalar((value) => scalars.has(value));
  return (value) => hasScalar(value) || others.some((test) => test(value));
};
