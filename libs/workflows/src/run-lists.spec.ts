import { after, due, fail, start, starting, step, succeed, types, undo, work } from '#test/support/runs.js';
import { given } from '#test/support/given.js';
import { run, type RunCommand } from './run.decider.js';
import type { Work } from './run.events.js';
import type { StepDefinition } from './workflow.events.js';

describe('a step with a list', () => {
  const item = (n: number, more: Partial<Work> = {}) => work('a', { item: n, ...more });
  const each = (more: Partial<StepDefinition> = {}) =>
    step('a', { each: { $: '/input/hosts' }, input: { host: { $: '/item' } }, ...more });

  it('works on as many items at once as it may', () => {
    const commands = [starting(each({ parallel: 2 }))];
    expect(due(...commands)).toEqual([item(0), item(1)]);
    const one = [...commands, start(item(0), 1)];
    expect(due(...one)).toEqual([item(1)]);
    const two = [...one, start(item(1), 2)];
    expect(due(...two)).toEqual([]);
    expect(due(...two, succeed(item(1), 3))).toEqual([item(2)]);
    given(run, ...after(...two))
      .when(start(item(2), 3))
      .refuses('illegal-state');
  });

  it('hands each item to the plugin and the list of outputs to the steps that follow', () => {
    const commands: RunCommand[] = [
      starting(each(), step('b', { input: { all: { $: '/steps/a/output' } } })),
    ];
    for (const n of [0, 1, 2]) commands.push(start(item(n), n), succeed(item(n), n, n * 10));
    const history = after(...commands, start(work('b'), 5));
    expect(history.filter(({ type }) => type === 'StepStarted').map(({ data }) => data)).toMatchObject([
      { input: { host: 'a' } },
      { input: { host: 'b' } },
      { input: { host: 'c' } },
      { input: { all: [0, 10, 20] } },
    ]);
  });

  it('lets the others end when one has failed, begins no new one, and then undoes what was begun', () => {
    const commands = [
      starting(each({ parallel: 2, compensation: undo })),
      start(item(0), 1),
      start(item(1), 1),
      fail(item(0), 2),
    ];
    expect(types(after(...commands)).at(-1)).toBe('RunTurnedBack');
    expect(due(...commands)).toEqual([]);
    const ended = [...commands, succeed(item(1), 3)];
    expect(due(...ended)).toEqual([1, 0].map((n) => item(n, { phase: 'compensation' })));
  });

  it('is passed over when the list is empty', () => {
    expect(due(starting(step('a', { each: { $: '/input/none' } }), step('b')))).toEqual([work('b')]);
  });

  it.each([
    ['/input/word', /no list/],
    ['/input/nowhere', /nothing at \/input\/nowhere/],
  ])('fails for good when %s is not a list', (pointer, words) => {
    const history = after(starting(step('a', { each: { $: pointer }, attempts: 5 })), start(work('a'), 1));
    expect(types(history).slice(1)).toEqual(['StepStarted', 'StepFailed', 'RunTurnedBack', 'RunFailed']);
    expect(history[2]).toMatchObject({ data: { retryAt: null, reason: expect.stringMatching(words) } });
  });
});

describe('pointers of a step', () => {
  const input = {
    run: { $: '/run' },
    word: { $: '/input/word' },
    out: [{ $: '/steps/a/output/x/0' }],
  };

  it('find the run, its input and what was done before', () => {
    const history = after(
      starting(step('a'), step('b', { plugin: { $: '/input/word' }, input })),
      start(work('a'), 1),
      succeed(work('a'), 2, { x: ['y'] }),
      start(work('b'), 3),
    );
    const host = { id: 'h1', region_id: 'g1', name: 'compute-1' };
    expect(history.at(-1)).toMatchObject({
      data: {
        plugin: 'x',
        input: {
          run: { id: 'r1', workflow: 'some-work', project_id: 'p1', window_id: 'win1', host },
          word: 'x',
          out: ['y'],
        },
      },
    });
  });

  it.each([
    ['an input', { input: { a: { $: '/steps/later/output' } } }, 'there is nothing at /steps/later/output'],
    ['a plugin', { plugin: { $: '/input/hosts' } }, 'what stands for the plugin is not a name'],
    ['a whole input', { input: { $: '/input/word' } }, 'the input of step a is not an object'],
  ])('that find nothing for %s make the attempt fail for good', (_, more, reason) => {
    const history = after(starting(step('a', { attempts: 5, ...more })), start(work('a'), 1));
    expect(types(history).slice(1)).toEqual(['StepStarted', 'StepFailed', 'RunTurnedBack', 'RunFailed']);
    expect(history[2]).toMatchObject({ data: { reason, retryAt: null } });
  });
});
