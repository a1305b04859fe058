import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { builtInWorkflows } from './built-in-workflows.js';
import { violationsOf } from './definition.policy.js';
import { hostMaintenance } from './host-maintenance.definition.js';
import { violationsOfSchema } from './input.schema.js';
import { stored } from './runnable.js';
import { startRun } from './start-run.js';

const host = { hostId: 'h', regionId: 'r', name: 'compute-1' };
const at = new Date('2026-11-23T03:00:00Z');
const maintaining = (input: JsonObject) =>
  startRun({ workflow: hostMaintenance, input, host, windowId: 'w', at });

const wrong = (start: () => unknown): readonly Violation[] => {
  try {
    start();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'validation-failed') return error.violations;
    throw error;
  }
  return [];
};

describe('host maintenance', () => {
  it('is started with an empty input by its defaults', () => {
    const command = maintaining({});
    expect(command).toMatchObject({
      workflow: 'host-maintenance',
      deadline: '2026-11-24T03:00:00.000Z',
      input: { work: { plugin: 'pause', input: { seconds: 1 } }, parallel: 2 },
    });
    expect(command.steps.map(({ name }) => name)).toEqual([
      'announce',
      'inspect',
      'disable',
      'list',
      'evacuate',
      'verify-empty',
      'work',
      'verify-up',
      'enable',
      'finish',
    ]);
  });

  it('takes its numbers from the input', () => {
    const { steps } = maintaining({ parallel: 7, move_deadline_seconds: 9, work_attempts: 4 });
    expect(steps.find(({ name }) => name === 'evacuate')).toMatchObject({ parallel: 7, deadlineSeconds: 9 });
    expect(steps.find(({ name }) => name === 'work')).toMatchObject({ attempts: 4 });
  });

  it('enables the host before it announces the end when it turns back', () => {
    const undone = maintaining({}).steps.flatMap(({ compensation }) => compensation?.plugin ?? []);
    expect(undone.toReversed()).toEqual(['host.enable', 'maintenance.end']);
  });

  it.each([
    { url: 'http://[::1]:8080/x?y' },
    { url: 'https://host.example:443' },
    { url: 'http://10.0.0.1?a=b#c', method: 'PUT', body: 'x' },
    { url: 'http://host/', method: 'HEAD' },
  ])('may work by the request %j', (input) => {
    expect(maintaining({ work: { plugin: 'http.request', input } }).input).toMatchObject({ work: { input } });
  });

  it.each([
    [{ parallel: 0 }, 'input.parallel'],
    [{ parallel: 1.5 }, 'input.parallel'],
    [{ nonsense: 1 }, 'input.nonsense'],
    [{ work: {} }, 'input.work.plugin'],
    [{ work: { plugin: 'shell', input: {} } }, 'input.work'],
    [{ work: { plugin: 'pause', input: { seconds: '1' } } }, 'input.work.input.seconds'],
    [{ work: { plugin: 'pause' } }, 'input.work.input'],
    [{ work: { plugin: 'http.request', input: {} } }, 'input.work.input.url'],
    [{ work: { plugin: 'http.request', input: { url: 'file:///etc/passwd' } } }, 'input.work.input.url'],
    [{ work: { plugin: 'http.request', input: { url: 'http://me:secret@host/' } } }, 'input.work.input.url'],
    [{ work: { plugin: 'http.request', input: { url: 'http://[::1/' } } }, 'input.work.input.url'],
    [{ work: { plugin: 'http.request', input: { url: 'http://a\0b/' } } }, 'input.work.input.url'],
    [{ work: { plugin: 'http.request', input: { url: 'http://a:b/' } } }, 'input.work.input.url'],
    [
      { work: { plugin: 'http.request', input: { url: 'http://h/', method: 'GET', body: {} } } },
      'input.work.input.method',
    ],
    [{ reason: 'a\nb' }, 'input.reason'],
    [
      {
        work: {
          plugin: 'http.request',
          input: { url: 'http://host/', headers: { AuthorizatioN: 'secret' } },
        },
      },
      'input.work.input.headers.AuthorizatioN',
    ],
    [
      { work: { plugin: 'http.request', input: { url: 'http://host/', headers: { 'x-a': 'b\r\nc: d' } } } },
      'input.work.input.headers.x-a',
    ],
  ] satisfies [JsonObject, string][])(
    'refuses %j by the name of the member, without its value',
    (input, member) => {
      const violations = wrong(() => maintaining(input));
      expect(violations.map((violation) => violation.member)).toEqual([member]);
      expect(JSON.stringify(violations)).not.toContain('secret');
    },
  );

  it('needs a window and its host', () => {
    const start = () => startRun({ workflow: hostMaintenance, input: {}, host, windowId: null, at });
    expect(wrong(start)).toMatchObject([{ member: 'window_id' }]);
  });
});

describe('every built-in workflow', () => {
  it.each(builtInWorkflows.map((workflow) => [workflow.name, workflow] as const))(
    '%s has right steps and a right schema',
    (_, workflow) => {
      const { steps, input } = startRun({ workflow, input: {}, host, windowId: 'w', at });
      expect(violationsOf(steps, workflow.inputSchema)).toEqual([]);
      expect(wrong(() => startRun({ workflow, input, host, windowId: 'w', at }))).toEqual([]);
    },
  );
});

describe('a stored workflow', () => {
  const step = { name: 'a', plugin: 'pause', input: {}, deadlineSeconds: 1, attempts: 1, backoffSeconds: 0 };
  const inputSchema = {
    type: 'object',
    properties: { n: { type: 'integer', default: 3 }, deep: { properties: { m: { default: 'x' } } } },
  };
  const workflow = stored({ id: 'i', name: 'n', description: null, inputSchema, steps: [step] });
  const start = (input: JsonObject) => startRun({ workflow, input, host: null, windowId: null, at });

  it('has its input checked and completed', () => {
    expect(start({ deep: {} }).input).toEqual({ n: 3, deep: { m: 'x' } });
    expect(wrong(() => start({ n: 'x' }))).toMatchObject([{ member: 'input.n' }]);
  });

  it('is not started with an input without end', () => {
    expect(wrong(() => start(JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000))))).toMatchObject([
      { member: 'input' },
    ]);
  });

  it('needs a window when it speaks to one', () => {
    const speaking = { ...step, plugin: 'maintenance.begin' };
    expect(
      stored({ id: 'i', name: 'n', description: null, inputSchema, steps: [speaking] }).needsWindow,
    ).toBe(true);
    expect(workflow.needsWindow).toBe(false);
  });

  it('may not bring regular expressions, foreign references or nonsense in its schema', () => {
    expect(violationsOfSchema(inputSchema)).toEqual([]);
    for (const schema of [
      { properties: { a: { pattern: '(a+)+$' } } },
      { patternProperties: { '(a+)+$': {} } },
      { $ref: 'http://elsewhere/schema' },
      { type: 'nonsense' },
      { properties: 1 },
    ])
      expect(violationsOfSchema(schema)).toMatchObject([{ member: expect.stringMatching(/^input_schema/) }]);
  });
});
