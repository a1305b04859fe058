import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { RunnableWorkflow } from './runnable.js';
import { httpRequestInput, pauseInput } from './work.schemas.js';
import type { Action, StepDefinition } from './workflow.events.js';

const seconds = (least: number, most: number, fallback: number): JsonObject => ({
  type: 'number',
  minimum: least,
  maximum: most,
  default: fallback,
});

const count = (least: number, most: number, fallback: number): JsonObject => ({
  ...seconds(least, most, fallback),
  type: 'integer',
});

const workOf = (plugin: string, input: JsonObject): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: ['plugin', 'input'],
  properties: { plugin: { const: plugin }, input },
});

const inputSchema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    /** What is done to the empty host. */
    work: {
      type: 'object',
      required: ['plugin'],
      discriminator: { propertyName: 'plugin' },
      oneOf: [workOf('pause', pauseInput), workOf('http.request', httpRequestInput)],
      default: { plugin: 'pause', input: { seconds: 1 } },
    },
    work_deadline_seconds: seconds(1, 86_400, 3600),
    work_attempts: count(1, 10, 3),
    /** Instances on their way at once. */
    parallel: count(1, 20, 2),
    move_deadline_seconds: seconds(1, 86_400, 1800),
    move_attempts: count(1, 5, 2),
    /** How long the host's agent may take to come back after the work. */
    restore_deadline_seconds: seconds(1, 86_400, 600),
    /** Stands in the disabled reason that the cloud shows. */
    reason: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      pattern: '^[^\\x00-\\x1f\\x7f]*$',
      default: 'maintenance',
    },
    ttl_seconds: seconds(60, 604_800, 86_400),
  },
};

const at = (pointer: string): JsonObject => ({ $: pointer });
const host = at('/run/host/name');

/** A short call: quick to repeat, and repeated until the cloud or the log is back. */
const short = (plugin: string, input: JsonObject): Action => ({
  plugin,
  input,
  deadlineSeconds: 60,
  attempts: 6,
  backoffSeconds: 2,
});

const number = (input: JsonObject, member: string): number => Number(input[member]);

const window = { window_id: at('/run/window_id'), host_id: at('/run/host/id') };

const enable = (input: JsonObject): Action => ({
  ...short('host.enable', {
    host,
    was_enabled: at('/steps/inspect/output/enabled'),
    was_up: at('/steps/inspect/output/up'),
    held_by: at('/steps/announce/output/held_by'),
  }),
  deadlineSeconds: number(input, 'restore_deadline_seconds'),
});

const announce: StepDefinition = {
  name: 'announce',
  ...short('maintenance.begin', window),
  compensation: {
    ...short('maintenance.end', { ...window, outcome: 'restored', detail: at('/failure/reason') }),
    attempts: 20,
  },
};

const disable = (input: JsonObject): StepDefinition => ({
  name: 'disable',
  ...short('host.disable', { host, reason: input['reason'] as Json }),
  compensation: { ...enable(input), attempts: 10 },
});

const move = (input: JsonObject, mode: 'live' | 'cold'): Action => ({
  plugin: 'instance.move',
  input: { instance_id: at('/item/id'), from: host, mode },
  deadlineSeconds: number(input, 'move_deadline_seconds'),
  attempts: number(input, 'move_attempts'),
  backoffSeconds: 5,
});

const evacuate = (input: JsonObject): StepDefinition => ({
  name: 'evacuate',
  each: at('/steps/list/output'),
  parallel: number(input, 'parallel'),
  ...move(input, 'live'),
  otherwise: move(input, 'cold'),
});

const work = (input: JsonObject): StepDefinition => ({
  name: 'work',
  plugin: at('/input/work/plugin'),
  input: at('/input/work/input'),
  deadlineSeconds: number(input, 'work_deadline_seconds'),
  attempts: number(input, 'work_attempts'),
  backoffSeconds: 5,
});

const verifyUp = (input: JsonObject): StepDefinition => ({
  name: 'verify-up',
  ...short('host.verify-up', { host }),
  deadlineSeconds: number(input, 'restore_deadline_seconds'),
});

const finish: StepDefinition = {
  name: 'finish',
  ...short('maintenance.end', { ...window, outcome: 'done', detail: at('/steps/enable/output/note') }),
  attempts: 20,
};

/**
 * Empties a host, works on it and puts it back into production. Undoing goes backwards, so that the host is enabled before
 * the end is announced; where it cannot be enabled the run is held, which the engine announces.
 */
export const hostMaintenance: RunnableWorkflow = {
  id: '0199a000-0000-7000-8000-000000000001',
  name: 'host-maintenance',
  description:
    'Disables a host, moves its instances away, does the work, and puts the host back into production.',
  inputSchema,
  needsWindow: true,
  ttlSeconds: (input) => number(input, 'ttl_seconds'),
  steps: (input) => [
    announce,
    { name: 'inspect', ...short('host.inspect', { host }) },
    disable(input),
    { name: 'list', ...short('host.instances', { host }) },
    evacuate(input),
    { name: 'verify-empty', ...short('host.verify-empty', { host }) },
    work(input),
    verifyUp(input),
    { name: 'enable', ...enable(input) },
    finish,
  ],
};
