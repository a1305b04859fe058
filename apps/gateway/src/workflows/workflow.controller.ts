import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { v5 } from 'uuid';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { pageAmong, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { builtInWorkflow, builtInWorkflows } from '#libs/workflows/src/built-in-workflows.js';
import { violationsOfSchema } from '#libs/workflows/src/input.schema.js';
import { ToWorkflow } from '#libs/workflows/src/workflows.handlers.js';
import {
  type WorkflowName,
  WorkflowQueries,
  type WorkflowRow,
} from '#projections/workflows/workflows.queries.js';
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
    const found = this.rows(exchange, query);
    const stored = this.workflows.these(
      exchange.view,
      found.rows.map(({ id }) => id),
    );
    return page(exchange, query, found, [
      'workflows',
      ({ id }) => {
        const row = stored.get(id);
        return row ? storedBody(row) : builtInBody(builtInWorkflow(id)!);
      },
    ]);
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

  /** Both those of the project and, unless it is about retired ones, those that come with Craton. */
  private rows({ view, scope: projectId }: Exchange, query: WorkflowQuery): Rows<WorkflowName> {
    const { name, id, retired } = query;
    const builtIn = builtInWorkflows.filter(
      (one) => !retired && [undefined, one.name].includes(name) && [undefined, one.id].includes(id),
    );
    return pageAmong([...builtIn, ...this.workflows.names(view, { projectId, id, name, retired })], query);
  }

  private found(exchange: Exchange, view: ReadView, id: string): WorkflowRow {
    return exchange.visible(this.workflows.workflow(view, id), 'workflow');
  }

  private shown(exchange: Exchange, view: ReadView, id: string): WorkflowBody | undefined {
    const row = this.found(exchange, view, id);
    return exchange.fresh(row.revision, storedBody(row));
  }
}
