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

describe('a run that fails', () => {
  const steps = [step('a', { compensation: undo }), step('b', { compensation: undo }), step('c'), step('d')];
  const failing = [
    starting(...steps),
    start(work('a'), 1),
    succeed(work('a'), 2),
    start(work('b'), 3),
    succeed(work('b'), 4),
    start(work('c'), 5),
  ];
  const back = (name: string, attempt = 1) => work(name, { phase: 'compensation', attempt });

  it('turns back with the failure, in the same append', () => {
    given(run, ...after(...failing))
      .when(fail(work('c'), 6))
      .yields(
        { type: 'StepFailed', data: { ...work('c'), at: at(6), reason: 'no luck', retryAt: null } },
        { type: 'RunTurnedBack', data: { at: at(6), cause: 'failed', reason: 'step c failed: no luck' } },
      );
  });

  it('undoes what was begun, last first, and then has failed', () => {
    const turned = [...failing, fail(work('c'), 6)];
    expect(due(...turned)).toEqual([back('b')]);
    const half = [...turned, start(back('b'), 7), succeed(back('b'), 8)];
    expect(due(...half)).toEqual([back('a')]);
    given(run, ...after(...half, start(back('a'), 9)))
      .when(succeed(back('a'), 10))
      .yields(
        { type: 'StepSucceeded', data: { ...back('a'), at: at(10), output: null } },
        { type: 'RunFailed', data: { at: at(10), reason: 'step c failed: no luck' } },
      );
  });

  it('undoes a step that failed itself, and not one that was never begun', () => {
    const turned = [...failing.slice(0, 4), fail(work('b'), 6)];
    expect(due(...turned)).toEqual([back('b')]);
  });

  it('tries to undo again, also past its deadline', () => {
    const turned = [...failing, fail(work('c'), 6), start(back('b'), 2000), fail(back('b'), 2001)];
    expect(next(stateAfter(...turned))).toEqual([{ work: back('b', 2), notBefore: at(2002) }]);
  });

  it('is held with both reasons when something cannot be undone, and begins nothing further', () => {
    const stuck = [
      ...failing,
      fail(work('c'), 6),
      start(back('b'), 7),
      fail(back('b'), 8),
      start(back('b', 2), 9),
      fail(back('b', 2), 10),
    ];
    const held = after(...stuck).at(-1);
    expect(held).toEqual({
      type: 'RunHeld',
      data: {
        at: at(10),
        reason: 'step b could not be undone: no luck; it was to be undone because step c failed: no luck',
      },
    });
    expect(due(...stuck)).toEqual([]);
  });

  it('hands the reason to what undoes', () => {
    const told = step('a', { compensation: { ...undo, input: { why: { $: '/failure/reason' } } } });
    const history = after(starting(told), start(work('a'), 1), fail(work('a'), 2), start(back('a'), 3));
    expect(history.at(-1)).toMatchObject({ data: { input: { why: 'step a failed: no luck' } } });
  });
});

describe('a run that is cancelled or expires', () => {
  const cancel = (seconds: number): RunCommand => ({
    type: 'CancelRun',
    at: at(seconds),
    reason: 'not today',
  });
  const expire = (seconds: number): RunCommand => ({ type: 'ExpireRun', at: at(seconds) });
  const back = work('a', { phase: 'compensation' });
  const begun = [starting(step('a', { compensation: undo, attempts: 3 }), step('b')), start(work('a'), 1)];

  it('is over at once when nothing was begun', () => {
    given(run, ...after(starting(step('a'))))
      .when(cancel(1))
      .yields(
        { type: 'RunTurnedBack', data: { at: at(1), cause: 'cancelled', reason: 'not today' } },
        { type: 'RunCancelled', data: { at: at(1), reason: 'not today' } },
      );
  });

  it.each([
    ['success', succeed(work('a'), 3)],
    ['failure', fail(work('a'), 3)],
  ])('waits for the %s of what is under way, begins nothing further, and undoes', (_, outcome) => {
    const cancelled = [...begun, cancel(2)];
    expect(due(...cancelled)).toEqual([]);
    expect(due(...cancelled, outcome)).toEqual([back]);
    const over = after(...cancelled, outcome, start(back, 4), succeed(back, 5));
    expect(types(over).slice(-2)).toEqual(['StepSucceeded', 'RunCancelled']);
  });

  it('is cancelled once, and not when it is over', () => {
    const cancelled = after(...begun, cancel(2));
    given(run, ...cancelled)
      .when(cancel(3))
      .yieldsNothing();
    given(run, ...cancelled)
      .when(expire(2000))
      .yieldsNothing();
    const done = after(starting(step('a')), start(work('a'), 1), succeed(work('a'), 2));
    given(run, ...done)
      .when(cancel(3))
      .refuses('illegal-state', /succeeded/);
    given(run, ...done)
      .when(expire(2000))
      .yieldsNothing();
    given(run).when(cancel(3)).refuses('not-found');
  });

  it('expires at its deadline and not before', () => {
    given(run, ...after(...begun))
      .when(expire(999))
      .refuses('illegal-state');
    const events = after(
      ...begun,
      expire(1000),
      fail(work('a'), 1001),
      start(back, 1002),
      succeed(back, 1003),
    );
    expect(types(events).slice(3)).toEqual(['StepFailed', 'StepStarted', 'StepSucceeded', 'RunExpired']);
    expect(events[2]).toMatchObject({ type: 'RunTurnedBack', data: { cause: 'expired' } });
  });
});
