import type { Violation } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { depthOf, pointerOf, pointersIn } from './pointer.policy.js';
import type { Action, StepDefinition } from './workflow.events.js';

export const limits = {
  steps: 100,
  attempts: 20,
  deadlineSeconds: 86_400,
  backoffSeconds: 300,
  parallel: 50,
  depth: 32,
} as const;

const namePattern = /^[a-z][a-z0-9-]{0,62}$/;
const pluginPattern = /^[a-z][a-z0-9.-]{0,62}$/;

type Check = readonly [holds: boolean, member: string, message: string];

const failing = (checks: readonly Check[]): readonly Violation[] =>
  checks.filter(([holds]) => !holds).map(([, member, message]) => ({ member, message }));

const isWithin = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most;
const isWhole = (value: unknown, least: number, most: number) =>
  isWithin(value, least, most) && Number.isInteger(value);

const isPluginOrPointer = (plugin: string | JsonObject) =>
  typeof plugin === 'string' ? pluginPattern.test(plugin) : pointerOf(plugin) !== undefined;

const roots = ['run', 'input', 'steps', 'item', 'failure'];

/** Undefined when the pointer can find something; `reachable` are the steps whose output exists by then. */
const wrongWith = (pointer: string, reachable: readonly string[]): string | undefined => {
  const [before, root = '', name = ''] = pointer.split('/');
  if (before !== '' || !roots.includes(root))
    return `${pointer} points to nothing: it has to begin with one of /${roots.join(' /')}`;
  if (root === 'steps' && !reachable.includes(name)) return `${pointer} names no step that is done by then`;
  return undefined;
};

const pointersOf = (value: Json, member: string, reachable: readonly string[]): readonly Violation[] =>
  pointersIn(value).flatMap((pointer) => {
    const message = wrongWith(pointer, reachable);
    return message === undefined ? [] : [{ member, message }];
  });

const ofAction = (action: Action, member: string, reachable: readonly string[]): readonly Violation[] => {
  const { plugin, input, deadlineSeconds, attempts, backoffSeconds } = action;
  const tooDeep = depthOf(input, limits.depth) > limits.depth;
  return [
    ...failing([
      [isPluginOrPointer(plugin), `${member}.plugin`, 'must be the name of a plugin or a pointer to one'],
      [
        isWithin(deadlineSeconds, 0.001, limits.deadlineSeconds),
        `${member}.deadline_seconds`,
        `must be more than 0 and at most ${limits.deadlineSeconds}`,
      ],
      [
        isWhole(attempts, 1, limits.attempts),
        `${member}.attempts`,
        `must be a whole number from 1 to ${limits.attempts}`,
      ],
      [
        isWithin(backoffSeconds, 0, limits.backoffSeconds),
        `${member}.backoff_seconds`,
        `must be from 0 to ${limits.backoffSeconds}`,
      ],
      [!tooDeep, `${member}.input`, `must not be nested deeper than ${limits.depth}`],
    ]),
    ...(tooDeep ? [] : pointersOf([plugin, input], `${member}.input`, reachable)),
  ];
};

const ofOwn = (step: StepDefinition, member: string, before: readonly string[]): readonly Violation[] => [
  ...failing([
    [namePattern.test(step.name), `${member}.name`, 'must be lower-case letters, digits and dashes'],
    [!before.includes(step.name), `${member}.name`, `${step.name} is the name of an earlier step`],
    [
      step.each === undefined || pointerOf(step.each) !== undefined,
      `${member}.each`,
      'must be a pointer to a list',
    ],
    [
      step.parallel === undefined || isWhole(step.parallel, 1, limits.parallel),
      `${member}.parallel`,
      `must be a whole number from 1 to ${limits.parallel}`,
    ],
  ]),
  ...pointersOf(step.each ?? null, `${member}.each`, before),
];

const ofStep = (step: StepDefinition, index: number, all: readonly StepDefinition[]) => {
  const member = `steps.${index}`;
  const before = all.slice(0, index).map(({ name }) => name);
  const { otherwise, compensation } = step;
  return [
    ...ofOwn(step, member, before),
    ...ofAction(step, member, before),
    ...(otherwise ? ofAction(otherwise, `${member}.otherwise`, before) : []),
    ...(compensation ? ofAction(compensation, `${member}.compensation`, [...before, step.name]) : []),
  ];
};

/** What is wrong with a workflow's steps and input schema; members are named as REST names them. */
export const violationsOf = (
  steps: readonly StepDefinition[],
  inputSchema: JsonObject,
): readonly Violation[] => {
  const counted = failing([
    [steps.length >= 1 && steps.length <= limits.steps, 'steps', `must be 1 to ${limits.steps} steps`],
    [
      depthOf(inputSchema, limits.depth) <= limits.depth,
      'input_schema',
      `must not be nested deeper than ${limits.depth}`,
    ],
  ]);
  return counted.length > 0 ? counted : steps.flatMap(ofStep);
};
