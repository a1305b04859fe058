import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { v5 } from 'uuid';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { Page, Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { builtInWorkflow, builtInWorkflows } from '#libs/workflows/src/built-in-workflows.js';
import { violationsOfSchema } from '#libs/workflows/src/input.schema.js';
import { ToWorkflow } from '#libs/workflows/src/workflows.handlers.js';
import { WorkflowQueries, type WorkflowRow } from '#projections/workflows/workflows.queries.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { page } from '../http/page.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { NewWorkflow, WorkflowBody, WorkflowQuery, WorkflowRevision } from './workflow.bodies.js';
import { builtInBody, definitionOf, storedBody, toSteps } from './workflow.shapes.js';

const demandSchema = (schema: JsonObject | undefined): void => {
  const violations = schema ? violationsOfSchema(schema) : [];
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'the input schema cannot be used', { violations });
};

const demandNotBuiltIn = (id: string): void => {
  const workflow = builtInWorkflow(id);
  if (workflow)
    throw new DomainError('illegal-state', `${workflow.name} comes with Craton and cannot be changed`);
};

/** One page of both, in the order of their ids. */
const merged = (
  stored: Rows<WorkflowBody>,
  { name, limit, marker = '' }: WorkflowQuery,
): Rows<WorkflowBody> => {
  const builtIn = builtInWorkflows
    .filter((workflow) => workflow.id > marker && (name === undefined || name === workflow.name))
    .map(builtInBody);
  const all = [...builtIn, ...stored.rows].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { rows: all.slice(0, limit), more: stored.more || all.length > limit };
};

@Controller('v1/workflows')
export class WorkflowController {
  constructor(
    private readonly workflows: WorkflowQueries,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Requires('workflows:read')
  @AnswersPage('Lists workflows, those that come with Craton included', 'workflows', WorkflowBody)
  list(@Current() exchange: Exchange, @Query() query: WorkflowQuery) {
    const { name, retired } = query;
    const found = this.rows(exchange, { name, retired }, query);
    const bodies = { ...found, rows: found.rows.map(storedBody) };
    return page(exchange, query, retired ? bodies : merged(bodies, query), ['workflows', (body) => body]);
  }

  @Post()
  @Requires('workflows:write')
  @Answers('Defines a workflow in the project of the caller', WorkflowBody)
  define(@Current() exchange: Exchange, @Body() wanted: NewWorkflow) {
    const { projectId } = exchange.caller;
    const { name, description = null, steps, input_schema: inputSchema = {} } = wanted;
    // The id follows from the name, so that the stream itself keeps names unique in a project.
    return this.commands.create(
      exchange,
      { collection: '/v1/workflows', id: v5(name, projectId) },
      (id) => {
        demandSchema(inputSchema);
        if (builtInWorkflows.some((workflow) => workflow.name === name))
          throw new DomainError('already-exists', `a workflow named ${name} comes with Craton`);
        const definition = { name, description, steps: toSteps(steps), inputSchema };
        return {
          projectId,
          steps: [(metadata) => new ToWorkflow(id, { type: 'DefineWorkflow', ...definition }, metadata)],
        };
      },
      (view, id) => this.shown(exchange, view, id),
    );
  }

  @Get(':id')
  @Requires('workflows:read')
  @Answers('Shows a workflow', WorkflowBody)
  show(@Current() exchange: Exchange, @Id() id: string) {
    const builtIn = builtInWorkflow(id);
    return builtIn ? builtInBody(builtIn) : this.shown(exchange, exchange.view, id);
  }

  @Put(':id')
  @Requires('workflows:write')
  @Answers('Revises what the body names, and leaves the rest; runs keep what they started with', WorkflowBody)
  revise(@Current() exchange: Exchange, @Id() id: string, @Body() wanted: WorkflowRevision) {
    return this.commands.change(
      exchange,
      id,
      () => {
        demandNotBuiltIn(id);
        const row = this.found(exchange, exchange.view, id);
        demandSchema(wanted.input_schema);
        const definition = {
          ...definitionOf(row),
          ...(wanted.description !== undefined && { description: wanted.description }),
          ...(wanted.steps && { steps: toSteps(wanted.steps) }),
          ...(wanted.input_schema && { inputSchema: wanted.input_schema }),
        };
        const command = { type: 'ReviseWorkflow', ...definition } as const;
        return {
          projectId: row.project_id,
          // What the body leaves out was read: it must not have changed since.
          steps: [(metadata) => new ToWorkflow(id, command, { expectedRevision: row.revision, ...metadata })],
        };
      },
      (view) => this.shown(exchange, view, id),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('workflows:write')
  @Answers('Retires a workflow: it stays readable and can no longer be run')
  retire(@Current() exchange: Exchange, @Id() id: string) {
    return this.commands.remove(exchange, id, () => {
      demandNotBuiltIn(id);
      const { project_id: projectId } = this.found(exchange, exchange.view, id);
      return {
        projectId,
        steps: [(metadata) => new ToWorkflow(id, { type: 'RetireWorkflow' }, metadata)],
      };
    });
  }

  private rows(
    exchange: Exchange,
    filter: { readonly name: string | undefined; readonly retired: boolean },
    onPage: Page,
  ): Rows<WorkflowRow> {
    return this.workflows.workflows(exchange.view, { projectId: exchange.scope, ...filter }, onPage);
  }

  private found(exchange: Exchange, view: ReadView, id: string): WorkflowRow {
    return exchange.visible(this.workflows.workflow(view, id), 'workflow');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): WorkflowBody | undefined {
    const row = this.found(exchange, view, id);
    return exchange.fresh(row.revision, storedBody(row));
  }
}
