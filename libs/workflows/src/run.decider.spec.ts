import {
  after,
  at,
  due,
  fail,
  start,
  starting,
  stateAfter,
  step,
  succeed,
  types,
  undo,
  work,
} from '#test/support/runs.js';
import { given } from '#test/support/given.js';
import { next, run, type RunCommand } from './run.decider.js';

describe('a run', () => {
  it('starts once', () => {
    const events = after(starting(step('a')));
    expect(types(events)).toEqual(['RunStarted']);
    given(run, ...events)
      .when(starting(step('a')))
      .refuses('already-exists');
  });

  it('is over at once when there is nothing to do', () => {
    const nothing = step('a', { each: { $: '/input/none' } });
    expect(types(after(starting(nothing)))).toEqual(['RunStarted', 'RunSucceeded']);
  });

  it('does one step after the other and succeeds with the last one, in the same append', () => {
    const begun = [starting(step('a'), step('b')), start(work('a'), 1)];
    expect(due(...begun)).toEqual([]);
    const half = [...begun, succeed(work('a'), 2)];
    expect(due(...half)).toEqual([work('b')]);
    given(run, ...after(...half, start(work('b'), 3)))
      .when(succeed(work('b'), 4, { done: true }))
      .yields(
        { type: 'StepSucceeded', data: { ...work('b'), at: at(4), output: { done: true } } },
        { type: 'RunSucceeded', data: { at: at(4) } },
      );
  });

  it('lets exactly one engine begin a step', () => {
    const history = after(starting(step('a')), start(work('a'), 1, 'e1'));
    given(run, ...history)
      .when(start(work('a'), 1, 'e2'))
      .refuses('illegal-state', /step a/);
    given(run, ...after(starting(step('a')), start(work('a'), 1), succeed(work('a'), 2)))
      .when(start(work('a'), 3, 'e2'))
      .refuses('illegal-state');
  });

  it('refuses a step that is not its turn, a run that is not there and one that has no time left', () => {
    const history = after(starting(step('a'), step('b')));
    given(run, ...history)
      .when(start(work('b'), 1))
      .refuses('illegal-state');
    given(run, ...history)
      .when(start(work('a', { attempt: 2 }), 1))
      .refuses('illegal-state');
    given(run, ...history)
      .when(start(work('a'), 1000))
      .refuses('illegal-state', /deadline/);
    given(run)
      .when(start(work('a'), 1))
      .refuses('not-found');
    given(run)
      .when(succeed(work('a'), 1))
      .refuses('not-found');
  });

  it('gives an attempt its deadline, but no more time than the run has', () => {
    const history = after(starting(step('a')));
    const deadlineAt = (seconds: number) => {
      const [event] = given(run, ...history)
        .when(start(work('a'), seconds))
        .events();
      return event?.type === 'StepStarted' && event.data.deadline;
    };
    expect(deadlineAt(1)).toBe(at(61));
    expect(deadlineAt(990)).toBe(at(1000));
  });

  it('takes an outcome once', () => {
    const begun = after(starting(step('a'), step('b')), start(work('a'), 1));
    for (const outcome of [succeed(work('a'), 2), fail(work('a'), 2)]) {
      const history = [
        ...begun,
        ...given(run, ...begun)
          .when(outcome)
          .events(),
      ];
      given(run, ...history)
        .when(outcome)
        .yieldsNothing();
      given(run, ...history)
        .when(succeed(work('a'), 3))
        .yieldsNothing();
      given(run, ...history)
        .when(fail(work('a'), 3))
        .yieldsNothing();
    }
  });

  it('tries again after a pause that doubles up to five minutes', () => {
    const patient = step('a', { attempts: 20, backoffSeconds: 10 });
    const commands: RunCommand[] = [starting(patient)];
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      commands.push(start(work('a', { attempt }), 0), fail(work('a', { attempt }), 0));
      const last = after(...commands).at(-1);
      if (last?.type !== 'StepFailed' || last.data.retryAt === null) throw new Error('no retry');
      pauses.push((Date.parse(last.data.retryAt) - Date.parse(at(0))) / 1000);
      const [retry] = next(stateAfter(...commands));
      expect(retry).toEqual({ work: work('a', { attempt: attempt + 1 }), notBefore: last.data.retryAt });
      given(run, ...after(...commands))
        .when(start(work('a', { attempt: attempt + 1 }), 1))
        .refuses('illegal-state', /before/);
      commands.length -= 2;
      commands.push(start(work('a', { attempt }), 0), fail(work('a', { attempt }), 0, 'lost'));
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300]);
  });

  it('does not wait to repeat an attempt whose outcome was lost, and counts it', () => {
    const twice = step('a', { attempts: 2 });
    const once = [starting(twice), start(work('a'), 1), fail(work('a'), 2, 'lost')];
    expect(next(stateAfter(...once))).toEqual([{ work: work('a', { attempt: 2 }), notBefore: at(2) }]);
    const all = [...once, start(work('a', { attempt: 2 }), 2), fail(work('a', { attempt: 2 }), 3, 'lost')];
    expect(types(after(...all)).slice(-2)).toEqual(['RunTurnedBack', 'RunFailed']);
  });

  it('ignores the late result of an attempt that another has taken the place of', () => {
    const history = after(
      starting(step('a', { attempts: 2 })),
      start(work('a'), 1),
      fail(work('a'), 2, 'lost'),
      start(work('a', { attempt: 2 }), 3),
    );
    given(run, ...history)
      .when(succeed(work('a'), 4))
      .yieldsNothing();
    given(run, ...history)
      .when(fail(work('a'), 4))
      .yieldsNothing();
  });

  it('knows when the first attempt of a step was begun', () => {
    const commands = [
      starting(step('a', { attempts: 2 })),
      start(work('a'), 1),
      fail(work('a'), 2, 'lost'),
      start(work('a', { attempt: 2 }), 3),
    ];
    const state = stateAfter(...commands);
    expect(state.status !== 'none' && state.forth.get('a/')?.firstAt).toBe(at(1));
  });

  it('falls back to what a step has otherwise, with attempts of its own', () => {
    const live = step('a', { attempts: 2, otherwise: { ...undo, plugin: 'cold', attempts: 1 } });
    const otherwise = work('a', { phase: 'otherwise' });
    const twice = [
      starting(live),
      start(work('a'), 1),
      fail(work('a'), 2),
      start(work('a', { attempt: 2 }), 12),
      fail(work('a', { attempt: 2 }), 13),
    ];
    expect(due(...twice)).toEqual([otherwise]);
    const final = [starting(live), start(work('a'), 1), fail(work('a'), 2, 'final')];
    expect(due(...final)).toEqual([otherwise]);
    expect(types(after(...final, start(otherwise, 3), succeed(otherwise, 4))).slice(-2)).toEqual([
      'StepSucceeded',
      'RunSucceeded',
    ]);
    const history = after(...final, start(otherwise, 3), fail(otherwise, 4));
    expect(types(history).slice(-3)).toEqual(['StepFailed', 'RunTurnedBack', 'RunFailed']);
  });
});
