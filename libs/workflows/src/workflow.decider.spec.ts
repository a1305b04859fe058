import { given } from '#test/support/given.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { violationsOf } from './definition.policy.js';
import { workflow, type WorkflowCommand } from './workflow.decider.js';
import type { StepDefinition, WorkflowEvent } from './workflow.events.js';

const step: StepDefinition = {
  name: 'a',
  plugin: 'pause',
  input: { seconds: 1 },
  deadlineSeconds: 10,
  attempts: 1,
  backoffSeconds: 0,
};
const definition = { description: 'd', steps: [step], inputSchema: {} };
const define: WorkflowCommand = { type: 'DefineWorkflow', name: 'n', ...definition };
const defined: WorkflowEvent = { type: 'WorkflowDefined', data: { name: 'n', ...definition } };
const retired: WorkflowEvent = { type: 'WorkflowRetired', data: {} };

describe('a workflow', () => {
  it('is defined once', () => {
    given(workflow).when(define).yields(defined);
    given(workflow, defined).when(define).refuses('already-exists');
    given(workflow, defined, retired).when(define).yields(defined);
  });

  it('is revised when something is different', () => {
    const revise: WorkflowCommand = { type: 'ReviseWorkflow', ...definition, description: null };
    const revised: WorkflowEvent = { type: 'WorkflowRevised', data: { ...definition, description: null } };
    given(workflow, defined).when(revise).yields(revised);
    given(workflow, defined, revised).when(revise).yieldsNothing();
    given(workflow).when(revise).refuses('not-found');
    given(workflow, defined, retired).when(revise).refuses('illegal-state');
  });

  it('is retired once', () => {
    given(workflow, defined).when({ type: 'RetireWorkflow' }).yields(retired);
    given(workflow, defined, retired).when({ type: 'RetireWorkflow' }).yieldsNothing();
    given(workflow).when({ type: 'RetireWorkflow' }).refuses('not-found');
  });

  it('is refused with everything that is wrong with it', () => {
    const wrong = { ...define, steps: [{ ...step, attempts: 0, deadlineSeconds: 0 }] };
    const refusal = (() => {
      try {
        return workflow.decide(wrong, { status: 'none' });
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({
      code: 'validation-failed',
      violations: [{ member: 'steps.0.deadline_seconds' }, { member: 'steps.0.attempts' }],
    });
    given(workflow, defined)
      .when({ ...wrong, type: 'ReviseWorkflow' })
      .refuses('validation-failed');
  });
});

describe('the steps of a workflow', () => {
  const nested = JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40));
  it.each([
    ['no steps', [], 'steps'],
    ['too many', Array.from({ length: 101 }, () => step), 'steps'],
    ['two of one name', [step, step], 'steps.1.name'],
    ['a bad name', [{ ...step, name: 'A b' }], 'steps.0.name'],
    ['a bad plugin', [{ ...step, plugin: { x: 1 } }], 'steps.0.plugin'],
    ['a long deadline', [{ ...step, deadlineSeconds: 86_401 }], 'steps.0.deadline_seconds'],
    ['half an attempt', [{ ...step, attempts: 1.5 }], 'steps.0.attempts'],
    ['a negative pause', [{ ...step, backoffSeconds: -1 }], 'steps.0.backoff_seconds'],
    ['no parallel', [{ ...step, parallel: 0 }], 'steps.0.parallel'],
    ['a list that is no pointer', [{ ...step, each: { a: 1 } }], 'steps.0.each'],
    ['an input without end', [{ ...step, input: nested }], 'steps.0.input'],
    ['a pointer to nothing', [{ ...step, input: { a: { $: '/nowhere' } } }], 'steps.0.input'],
    ['a pointer to itself', [{ ...step, input: { a: { $: '/steps/a/output' } } }], 'steps.0.input'],
    ['a bad fallback', [{ ...step, otherwise: { ...step, attempts: 0 } }], 'steps.0.otherwise.attempts'],
    [
      'undoing by a later step',
      [
        { ...step, compensation: { ...step, input: { a: { $: '/steps/b/output' } } } },
        { ...step, name: 'b' },
      ],
      'steps.0.compensation.input',
    ],
  ] satisfies [string, StepDefinition[], string][])('are refused with %s', (_, steps, member) => {
    expect(violationsOf(steps, {}).map((violation) => violation.member)).toEqual([member]);
  });

  it('may use what is done before them, and undo by what they did', () => {
    const steps = [
      { ...step, compensation: { ...step, input: { a: { $: '/steps/a/output' } } } },
      { ...step, name: 'b', each: { $: '/steps/a/output/list' }, input: { a: [{ $: '/item/id' }] } },
    ];
    expect(violationsOf(steps, {})).toEqual([]);
  });
});
