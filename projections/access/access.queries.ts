import { Injectable } from '@nestjs/common';
import { among, type Page, pageOf, type Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import { changedSince } from '#libs/platform/src/read-store/whole.js';

type Role = 'root' | 'auditor' | 'admin' | 'operator' | 'viewer';

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

export interface UserRow {
  readonly id: string;
  readonly project_id: string;
  readonly username: string;
  readonly roles: readonly Role[];
  /** Null: variables of any name. */
  readonly variable_prefixes: readonly string[] | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string | null;
}

/** What is known of a key without its hash. */
export interface ApiKeyRow {
  readonly id: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly expires_at: string | null;
  /** A use on the last UTC day on which it was used. */
  readonly last_used_at: string | null;
  readonly created_at: string;
}

/** A key with its hash and with whom it speaks for. */
export interface KeyRow {
  readonly id: string;
  readonly hash: string;
  readonly user_id: string;
  readonly username: string;
  readonly project_id: string;
  readonly roles: readonly Role[];
  readonly variable_prefixes: readonly string[] | null;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

export interface ProjectFilter {
  readonly scope?: string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** As the table has it. */
type Stored<Row> = Omit<Row, 'roles' | 'variable_prefixes'> & {
  readonly roles: string;
  readonly variable_prefixes: string | null;
};

const parsed = <T extends Stored<unknown>>(row: T) => ({
  ...row,
  roles: JSON.parse(row.roles) as readonly Role[],
  variable_prefixes:
    row.variable_prefixes === null ? null : (JSON.parse(row.variable_prefixes) as readonly string[]),
});

@Injectable()
export class AccessQueries {
  /** Undefined when the key was revoked, or its user or project removed. */
  keyById(view: ReadView, keyId: string): KeyRow | undefined {
    const row = view.get<Stored<KeyRow>>(
      `SELECT api_keys.id, api_keys.hash, api_keys.user_id, api_keys.expires_at, api_keys.last_used_at,
         users.username, users.project_id, users.roles, users.variable_prefixes
       FROM api_keys JOIN users ON users.id = api_keys.user_id WHERE api_keys.id = ?`,
      keyId,
    );
    return row && parsed(row);
  }

  project(view: ReadView, id: string): ProjectRow | undefined {
    return view.get('SELECT * FROM projects WHERE id = ?', id);
  }

  /** Every project, or the one with that identifier or name; `scope`: and that one only; `ids`: only among these. */
  projects(view: ReadView, page: Page, { scope, id, name, ids }: ProjectFilter = {}): Rows<ProjectRow> {
    return pageOf(view, 'projects', { id: scope, '+id': id, name, '(id)': ids && among(ids) }, page);
  }

  projectIds(view: ReadView): readonly string[] {
    return view.all<{ id: string }>('SELECT id FROM projects ORDER BY id').map(({ id }) => id);
  }

  /** Identifiers of projects that were added, changed or removed since; undefined when those are more than so many. */
  projectsSince(view: ReadView, most: number): readonly string[] | undefined {
    return changedSince(view, 'projects', 'id', most);
  }

  user(view: ReadView, id: string): UserRow | undefined {
    const row = view.get<Stored<UserRow>>('SELECT * FROM users WHERE id = ?', id);
    return row && parsed(row);
  }

  users(
    view: ReadView,
    filter: {
      readonly projectId?: string | undefined;
      /** And of this project only. */
      readonly of?: string | undefined;
      readonly id?: string | undefined;
      readonly name?: string | undefined;
    },
    page: Page,
  ): Rows<UserRow> {
    const { projectId, of, id, name } = filter;
    const columns = { project_id: projectId, '+project_id': of, id, username: name };
    const found = pageOf<Stored<UserRow>>(view, 'users', columns, page);
    return { ...found, rows: found.rows.map(parsed) };
  }

  /** In the order in which they were issued. */
  keysOf(view: ReadView, userId: string): readonly ApiKeyRow[] {
    return view.all(
      `SELECT id, project_id, user_id, name, expires_at, last_used_at, created_at
       FROM api_keys WHERE user_id = ? ORDER BY id`,
      userId,
    );
  }
}
