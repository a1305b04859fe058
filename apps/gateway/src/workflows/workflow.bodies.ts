import type { JsonObject } from '#libs/kernel/src/json.js';
import {
  AnyObject,
  Flag,
  Identifier,
  Instant,
  ListOf,
  Name,
  NewName,
  Note,
  Nullable,
  Optional,
  Part,
  Whole,
} from '../http/fields.js';
import { PageQuery, SortKeys } from '../http/query.js';
import { Amount, PluginName } from './workflow.fields.js';

const day = 86_400;

/** In `plugin`, `input` and `each`, an object `{ "$": "/pointer" }` stands for what is found there when the step begins. */
export class WorkflowAction {
  @PluginName()
  readonly plugin: string | JsonObject;

  @AnyObject()
  readonly input: JsonObject = {};

  @Amount(0.001, day)
  readonly deadline_seconds: number = 600;

  @Whole(1, 20)
  readonly attempts: number = 1;

  @Amount(0, 300)
  readonly backoff_seconds: number = 5;
}

export class WorkflowStep extends WorkflowAction {
  @Name(63)
  readonly name: string;

  @Optional()
  @AnyObject()
  readonly each?: JsonObject;

  @Optional()
  @Whole(1, 50)
  readonly parallel?: number;

  @Optional()
  @Part(() => WorkflowAction)
  readonly otherwise?: WorkflowAction;

  @Optional()
  @Part(() => WorkflowAction)
  readonly compensation?: WorkflowAction;
}

export class NewWorkflow {
  @NewName()
  readonly name: string;

  @Optional()
  @Note()
  readonly description?: string | null;

  @ListOf(() => WorkflowStep, 100, 1)
  readonly steps: WorkflowStep[];

  /** JSON Schema (2020-12) without regular expressions. */
  @Optional()
  @AnyObject()
  readonly input_schema?: JsonObject;
}

export class WorkflowRevision {
  @Optional()
  @Note()
  readonly description?: string | null;

  @Optional()
  @ListOf(() => WorkflowStep, 100, 1)
  readonly steps?: WorkflowStep[];

  @Optional()
  @AnyObject()
  readonly input_schema?: JsonObject;
}

export class WorkflowQuery extends PageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;

  /** Only those that can be run, unless it is said. */
  @Flag()
  readonly retired: boolean = false;
}

export class WorkflowBody {
  @Identifier()
  readonly id: string;

  /** Null for what comes with Craton: every project may run it, and nobody change it. */
  @Nullable()
  @Identifier()
  readonly project_id: string | null;

  @Name()
  readonly name: string;

  @Note()
  readonly description: string | null;

  @ListOf(() => WorkflowStep, 100, 1)
  readonly steps: WorkflowStep[];

  @AnyObject()
  readonly input_schema: JsonObject;

  @Flag()
  readonly built_in: boolean;

  @Flag()
  readonly retired: boolean;

  @Nullable()
  @Instant()
  readonly created_at: string | null;

  @Nullable()
  @Instant()
  readonly updated_at: string | null;
}
