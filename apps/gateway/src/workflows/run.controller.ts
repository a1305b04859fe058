import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { Clock } from '#libs/platform/src/clock.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { ToRun } from '#libs/workflows/src/workflows.handlers.js';
import { RunQueries, type RunRow, type RunStepRow } from '#projections/runs/runs.queries.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { isUuid } from '../http/fields.js';
import { page } from '../http/page.js';
import { reasonOf } from '../http/reason.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { NewRun, RunBody, RunQuery, type RunStepBody } from './run.bodies.js';
import { RunRequests } from './run.request.js';

const stepOf = (row: RunStepRow): RunStepBody => ({
  step: row.step,
  item: row.item,
  phase: row.phase,
  attempt: row.attempt,
  status: row.status === 'running' ? 'started' : row.status,
  plugin: row.plugin,
  started_at: row.started_at,
  ended_at: row.ended_at,
  output: row.output === null ? null : (JSON.parse(row.output) as Json),
  reason: row.reason,
});

const bodyOf = (row: RunRow, steps?: readonly RunStepRow[]): RunBody => {
  const { revision: _revision, ...rest } = row;
  return {
    ...rest,
    input: JSON.parse(row.input) as JsonObject,
    status: row.status === 'turning-back' ? 'turning_back' : row.status,
    ...(steps && { steps: steps.map(stepOf) }),
  };
};

const named = (workflow: string | undefined) => (isUuid(workflow) ? { workflowId: workflow } : { workflow });

@Controller('v1/runs')
export class RunController {
  constructor(
    private readonly runs: RunQueries,
    private readonly requests: RunRequests,
    private readonly commands: Commands,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('runs:read')
  @AnswersPage('Lists runs without their steps', 'runs', RunBody)
  list(@Current() exchange: Exchange, @Query() query: RunQuery) {
    const { workflow, host_id: hostId, window_id: windowId } = query;
    const status = query.status?.replace('_', '-');
    const filter = { projectId: exchange.scope, ...named(workflow), hostId, windowId, status };
    const found = this.runs.runs(exchange.view, filter, query);
    return page(exchange, query, found, ['runs', (row) => bodyOf(row)]);
  }

  @Post()
  @Requires('runs:write')
  @Answers('Starts a run of a workflow', RunBody)
  start(@Current() exchange: Exchange, @Body() wanted: NewRun) {
    return this.commands.create(
      exchange,
      { collection: '/v1/runs' },
      (id) => {
        const { projectId, command } = this.requests.startOf(exchange, wanted, this.clock.now());
        return { projectId, steps: [(metadata) => new ToRun(id, command, metadata)] };
      },
      (view, id) => this.shown(exchange, view, id),
    );
  }

  @Get(':id')
  @Requires('runs:read')
  @Answers('Shows a run with every attempt of every step', RunBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    return this.shown(exchange, exchange.view, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('runs:write')
  @Answers('Has a run turn back: nothing further begins, and what was begun is undone', RunBody)
  cancel(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.change(
      exchange,
      id,
      () => {
        const { project_id: projectId } = this.found(exchange, exchange.view, id);
        const { request, caller } = exchange;
        const reason = reasonOf(request.headers) ?? `cancelled by ${caller.username}`;
        const command = { type: 'CancelRun', at: this.clock.now().toISOString(), reason } as const;
        return { projectId, steps: [(metadata) => new ToRun(id, command, metadata)] };
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  private found(exchange: Exchange, view: ReadView, id: string): RunRow {
    return exchange.visible(this.runs.run(view, id), 'run');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): RunBody | undefined {
    const row = this.found(exchange, view, id);
    return exchange.fresh(row.revision, bodyOf(row, this.runs.steps(view, id)));
  }
}
