import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { builtInWorkflows } from '#libs/workflows/src/built-in-workflows.js';
import type { RunnableWorkflow } from '#libs/workflows/src/runnable.js';
import { WorkflowQueries, type WorkflowRow } from '#projections/workflows/workflows.queries.js';
import type { Exchange } from '../http/exchange.js';
import { isUuid } from '../http/fields.js';
import { referred } from '../inventory/references.js';
import { runnable } from './workflow.shapes.js';

/** The workflows that a caller may run. */
@Injectable()
export class KnownWorkflows {
  constructor(private readonly workflows: WorkflowQueries) {}

  /** By name, in the project of the caller, or by id. Refuses one that is not there or is retired. */
  find(exchange: Exchange, wanted: string): RunnableWorkflow {
    const builtIn = builtInWorkflows.find(({ id, name }) => id === wanted || name === wanted);
    if (builtIn) return builtIn;
    const row = referred(exchange, this.row(exchange, wanted), 'workflow');
    if (row.retired === 1) throw new DomainError('illegal-state', `the workflow ${row.name} is retired`);
    return runnable(row);
  }

  private row({ view, caller: { projectId } }: Exchange, wanted: string): WorkflowRow | undefined {
    if (isUuid(wanted)) return this.workflows.workflow(view, wanted);
    return this.workflows.workflows(view, { projectId, name: wanted }, { limit: 1 }).rows[0];
  }
}
