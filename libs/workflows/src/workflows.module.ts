import { Module } from '@nestjs/common';
import { RunHandler, WorkflowHandler } from './workflows.handlers.js';

/** Takes the commands of workflows and runs. Whoever imports it provides a global `CommandRunner`. */
@Module({ providers: [WorkflowHandler, RunHandler] })
export class WorkflowsModule {}
