import type { Json } from '#libs/kernel/src/json.js';
import type { Role } from '#libs/inventory/src/project.events.js';
import { RecordBody } from '../http/bodies.js';
import {
  Flag,
  Identifier,
  Instant,
  Name,
  NewName,
  Nullable,
  Optional,
  SomeOf,
  VariableNames,
  Variables,
} from '../http/fields.js';
import { DetailedPageQuery, PageQuery, SortKeys } from '../http/query.js';
import { Vars } from '../inventory/vars.field.js';

const roles = ['root', 'auditor', 'admin', 'operator', 'viewer'] as const satisfies readonly Role[];

export class NewProject {
  @NewName()
  readonly name: string;

  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class ProjectChange {
  @Optional()
  @NewName()
  readonly name?: string;
}

export class ProjectQuery extends DetailedPageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Name()
  readonly name?: string;

  @Optional()
  @Vars()
  readonly vars?: string;
}

export class ProjectBody extends RecordBody {
  @Name()
  readonly name: string;

  /** Left out of lists unless `details=true`. */
  @Optional()
  @Variables()
  readonly variables?: Readonly<Record<string, Json>>;
}

export class NewUser {
  @NewName()
  readonly username: string;

  /** By default the project of the caller. */
  @Optional()
  @Identifier()
  readonly project_id?: string;

  /** The same as the role `admin`; without roles, a user who is no admin is an operator. */
  @Optional()
  @Flag()
  readonly is_admin?: boolean;

  @Optional()
  @SomeOf(roles)
  readonly roles?: readonly Role[];

  /** The user may then write only variables whose keys begin with one of these; null, as by default, is no such limit. */
  @Optional()
  @Nullable()
  @VariableNames()
  readonly variable_prefixes?: readonly string[] | null;
}

export class UserChange {
  /** All the roles that the user is to have. */
  @Optional()
  @SomeOf(roles)
  readonly roles?: readonly Role[];

  /** Null: no limit. */
  @Optional()
  @Nullable()
  @VariableNames()
  readonly variable_prefixes?: readonly string[] | null;
}

export class UserQuery extends PageQuery {
  @Optional()
  @SortKeys('username')
  override readonly sort_keys?: string;

  @Optional()
  @Identifier()
  readonly id?: string;

  @Optional()
  @Identifier()
  readonly project_id?: string;

  @Optional()
  @Name()
  readonly name?: string;
}

export class UserBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Name()
  readonly username: string;

  @Flag()
  readonly is_admin: boolean;

  @SomeOf(roles, 0)
  readonly roles: readonly Role[];

  @Nullable()
  @VariableNames()
  readonly variable_prefixes: readonly string[] | null;
}

export class NewUserBody extends UserBody {
  /** Shown this once; null when the request is repeated. */
  @Nullable()
  @Name()
  readonly api_key: string | null;
}

export class NewApiKey {
  /** Unique among the keys of the user. */
  @NewName()
  readonly name: string;

  /** From then on the key is refused; without it, the key lives until it is revoked. */
  @Optional()
  @Instant()
  readonly expires_at?: string;
}

export class ApiKeyQuery extends PageQuery {
  @Optional()
  @SortKeys('name')
  override readonly sort_keys?: string;
}

export class ApiKeyBody extends RecordBody {
  @Identifier()
  readonly project_id: string;

  @Identifier()
  readonly user_id: string;

  @Name()
  readonly name: string;

  @Nullable()
  @Instant()
  readonly expires_at: string | null;

  /** A use on the last day (UTC) on which it was used; told within a minute. */
  @Nullable()
  @Instant()
  readonly last_used_at: string | null;
}

export class NewApiKeyBody extends ApiKeyBody {
  /** Shown this once; null when the request is repeated. */
  @Nullable()
  @Name()
  readonly api_key: string | null;
}
