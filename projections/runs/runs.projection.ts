import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, type Row } from '#libs/kernel/src/projection.js';
import type { RunEvent, StepFailed, StepSucceeded, Work } from '#libs/workflows/src/run.events.js';

const idOf = ({ stream }: Recorded) => stream.slice(stream.indexOf('-') + 1);

const changed = (event: Recorded, values: Row) =>
  patch('runs', { id: idOf(event) }, { ...values, revision: event.revision });

const over = (event: Recorded, status: string, at: string, values: Row = {}) => [
  changed(event, { status, finished_at: at, ...values }),
];

/** A part of a key is never null: -1 is no item. */
const keyOf = (event: Recorded, { step, item, phase, attempt }: Work): Row => ({
  run_id: idOf(event),
  step,
  item: item ?? -1,
  phase,
  attempt,
});

const ended = (event: Recorded<StepSucceeded | StepFailed>, values: Row) => [
  patch('run_steps', keyOf(event, event.data), {
    ...values,
    ended_at: event.data.at,
    last_revision: event.revision,
  }),
];

// A run's revision moves with its steps, which are many: they keep it, so that no version of the run's own row is made for one.
export const runs: Projection<RunEvent> = {
  name: 'runs',
  version: 2,
  tables: [
    {
      name: 'runs',
      columns: {
        id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        workflow_id: 'TEXT NOT NULL',
        workflow: 'TEXT NOT NULL',
        host_id: 'TEXT',
        host_name: 'TEXT',
        window_id: 'TEXT',
        input: 'TEXT NOT NULL',
        status: 'TEXT NOT NULL',
        reason: 'TEXT',
        started_at: 'TEXT NOT NULL',
        deadline: 'TEXT NOT NULL',
        finished_at: 'TEXT',
        revision: 'INTEGER NOT NULL',
      },
      key: ['id'],
      indexes: [['project_id', 'id'], ['host_id', 'id'], ['window_id'], ['status', 'id']],
    },
    {
      name: 'run_steps',
      columns: {
        run_id: 'TEXT NOT NULL',
        step: 'TEXT NOT NULL',
        item: 'INTEGER NOT NULL',
        phase: 'TEXT NOT NULL',
        attempt: 'INTEGER NOT NULL',
        status: 'TEXT NOT NULL',
        plugin: 'TEXT NOT NULL',
        engine: 'TEXT NOT NULL',
        started_at: 'TEXT NOT NULL',
        ended_at: 'TEXT',
        deadline: 'TEXT NOT NULL',
        output: 'TEXT',
        reason: 'TEXT',
        retry_at: 'TEXT',
        revision: 'INTEGER NOT NULL',
        last_revision: 'INTEGER NOT NULL',
      },
      key: ['run_id', 'step', 'item', 'phase', 'attempt'],
    },
  ],
  on: {
    RunStarted: (event) => [
      put(
        'runs',
        { id: idOf(event) },
        {
          project_id: event.metadata.projectId,
          workflow_id: event.data.workflowId,
          workflow: event.data.workflow,
          host_id: event.data.host?.hostId ?? null,
          host_name: event.data.host?.name ?? null,
          window_id: event.data.windowId,
          input: JSON.stringify(event.data.input),
          status: 'running',
          reason: null,
          started_at: event.data.at,
          deadline: event.data.deadline,
          finished_at: null,
          revision: event.revision,
        },
      ),
    ],
    StepStarted: (event) => [
      put('run_steps', keyOf(event, event.data), {
        status: 'running',
        plugin: event.data.plugin,
        engine: event.data.engine,
        started_at: event.data.at,
        ended_at: null,
        deadline: event.data.deadline,
        output: null,
        reason: null,
        retry_at: null,
        revision: event.revision,
        last_revision: event.revision,
      }),
    ],
    StepSucceeded: (event) =>
      ended(event, { status: 'succeeded', output: JSON.stringify(event.data.output) }),
    StepFailed: (event) =>
      ended(event, { status: 'failed', reason: event.data.reason, retry_at: event.data.retryAt }),
    RunTurnedBack: (event) => [changed(event, { status: 'turning-back', reason: event.data.reason })],
    RunSucceeded: (event) => over(event, 'succeeded', event.data.at),
    RunFailed: (event) => over(event, 'failed', event.data.at, { reason: event.data.reason }),
    RunCancelled: (event) => over(event, 'cancelled', event.data.at, { reason: event.data.reason }),
    RunExpired: (event) => over(event, 'expired', event.data.at, { reason: event.data.reason }),
    RunHeld: (event) => over(event, 'held', event.data.at, { reason: event.data.reason }),
  },
};
