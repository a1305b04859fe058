import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { runs } from './runs.projection.js';
import { RunQueries } from './runs.queries.js';

const model = new ReadModel([runs]);
const queries = new RunQueries();

const at = '2026-01-01T00:00:00.000Z';
const deadline = '2026-01-02T00:00:00.000Z';
const host = { hostId: 'h1', regionId: 'g1', name: 'compute-1' };
const about = { workflowId: 'f1', workflow: 'host-maintenance', steps: [], input: { a: 1 }, windowId: 'w1' };
const started: Fact = ['RunStarted', { ...about, host, at, deadline }];
const work = { step: 'a', item: null, phase: 'step', attempt: 1 };
const begun: Fact = ['StepStarted', { ...work, plugin: 'pause', input: {}, engine: 'e', at, deadline }];

describe('the read model of runs', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('shows a run as it was started', async () => {
    const view = await model.after('run-r1', started);
    expect(queries.run(view, 'r1')).toEqual({
      id: 'r1',
      project_id: 'p',
      workflow_id: 'f1',
      workflow: 'host-maintenance',
      host_id: 'h1',
      host_name: 'compute-1',
      window_id: 'w1',
      input: '{"a":1}',
      status: 'running',
      reason: null,
      started_at: at,
      deadline,
      finished_at: null,
      revision: 0,
    });
  });

  it('shows every attempt in the order in which it was begun', async () => {
    const view = await model.after(
      'run-r1',
      started,
      begun,
      ['StepFailed', { ...work, at, reason: 'no luck', retryAt: deadline }],
      ['StepStarted', { ...begun[1], attempt: 2 }],
      ['StepSucceeded', { ...work, attempt: 2, at, output: { x: 1 } }],
      ['StepStarted', { ...begun[1], step: '0', item: 3 }],
    );
    expect(queries.run(view, 'r1')).toMatchObject({ revision: 5 });
    expect(queries.steps(view, 'r1')).toMatchObject([
      {
        step: 'a',
        item: null,
        attempt: 1,
        status: 'failed',
        reason: 'no luck',
        retry_at: deadline,
        output: null,
      },
      {
        step: 'a',
        item: null,
        attempt: 2,
        status: 'succeeded',
        output: '{"x":1}',
        ended_at: at,
        revision: 3,
      },
      { step: '0', item: 3, attempt: 1, status: 'running', ended_at: null, engine: 'e', plugin: 'pause' },
    ]);
    expect(queries.steps(view, 'other')).toEqual([]);
  });

  it('moves the revision of a run with each of its events, now and as of the past', async () => {
    const facts: Fact[] = [
      started,
      begun,
      ['StepSucceeded', { ...work, at, output: null }],
      ['StepStarted', { ...begun[1], step: 'b' }],
      ['RunTurnedBack', { at, cause: 'failed', reason: 'why' }],
      ['StepFailed', { ...work, step: 'b', at, reason: 'no luck', retryAt: null }],
      ['RunFailed', { at, reason: 'why' }],
    ];
    const cursors = [];
    for (const [revision, fact] of facts.entries()) {
      const view = await model.after('run-r1', fact);
      cursors.push(view.cursor);
      expect(queries.run(view, 'r1')).toMatchObject({ revision });
      expect(queries.runs(view, {}, { limit: 9 }).rows).toMatchObject([{ revision }]);
      expect(queries.lastOf(view, 'h1', 9)).toEqual([{ id: 'r1', revision }]);
    }
    for (const [revision, cursor] of cursors.entries())
      expect(queries.run(model.asOf(cursor), 'r1')).toMatchObject({ revision });
  });

  it.each([
    ['RunSucceeded', 'succeeded', null],
    ['RunFailed', 'failed', 'why'],
    ['RunCancelled', 'cancelled', 'why'],
    ['RunExpired', 'expired', 'why'],
    ['RunHeld', 'held', 'why'],
  ])('shows after %s that a run has %s', async (type, status, reason) => {
    const view = await model.after('run-r1', started, [type, reason === null ? { at } : { at, reason }]);
    expect(queries.run(view, 'r1')).toMatchObject({ status, reason, finished_at: at, revision: 1 });
    expect(queries.unfinished(view)).toEqual([]);
  });

  it('knows what is not over, also when it turns back', async () => {
    await model.after('run-r1', started);
    const view = await model.after('run-r2', started, [
      'RunTurnedBack',
      { at, cause: 'failed', reason: 'why' },
    ]);
    expect(queries.unfinished(view)).toMatchObject([
      { id: 'r1', status: 'running', deadline },
      { id: 'r2', status: 'turning-back', deadline, window_id: 'w1' },
    ]);
    expect(queries.run(view, 'r2')).toMatchObject({ reason: 'why', finished_at: null });
  });

  it('lists runs by project, workflow, host, window and status', async () => {
    await model.after('run-r1', started);
    const other = { ...about, workflowId: 'f2', windowId: null, host: null, at, deadline };
    const view = await model.after('run-r2', ['RunStarted', other, { projectId: 'q' }]);
    const ids = (filter: object) => queries.runs(view, filter, { limit: 9 }).rows.map(({ id }) => id);
    for (const filter of [{ projectId: 'p' }, { workflowId: 'f1' }, { hostId: 'h1' }, { windowId: 'w1' }])
      expect(ids(filter)).toEqual(['r1']);
    expect(ids({ status: 'running' })).toEqual(['r1', 'r2']);
  });

  it('was told of every event that it knows', () => {
    expect(model.untold()).toEqual([]);
  });
});
