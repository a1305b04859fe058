import type { DatabaseSync } from 'node:sqlite';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { AnyProjection, Table } from '#libs/kernel/src/projection.js';
import { Build } from './build.js';
import {
  createIndexes,
  createTable,
  dropTable,
  pastView,
  presentView,
  versionsViews,
  wholeViews,
} from './schema.js';
import { TableWriter } from './table-writer.js';

interface BuildRow {
  readonly id: number;
  readonly projection: string;
  readonly definition: string;
  readonly live: number;
  readonly cursor: Cursor | null;
}

interface Definition {
  readonly version: number;
  readonly tables: readonly Table[];
}

const definitionOf = ({ version, tables }: AnyProjection): string =>
  JSON.stringify({ version, tables } satisfies Definition);
const tablesOf = (row: BuildRow): readonly Table[] => (JSON.parse(row.definition) as Definition).tables;

const answers = (row: BuildRow, wanted: Table): boolean => {
  const table = tablesOf(row).find(({ name }) => name === wanted.name);
  return table !== undefined && Object.keys(wanted.columns).every((column) => column in table.columns);
};

export const catalogSchema = `
  CREATE TABLE _builds (id INTEGER PRIMARY KEY, projection TEXT NOT NULL, definition TEXT NOT NULL, live INTEGER NOT NULL, cursor TEXT) STRICT;
  CREATE TABLE _now (cursor TEXT NOT NULL) STRICT;
  INSERT INTO _now VALUES ('');`;

/**
 * Which sets of tables are in the file. A projection has at most two: the live one answers, the other is being built by the
 * code of today because the live one was built by another version of it.
 */
export class Catalog {
  private readonly setNow;

  constructor(
    private readonly database: DatabaseSync,
    private readonly projections: readonly AnyProjection[],
  ) {
    this.setNow = database.prepare('UPDATE _now SET cursor = ?');
  }

  /** Brings the file in line with the projections: what is not wanted goes, what is missing begins. */
  settle(): void {
    // Indexes made at the end are made faster, but all at once: not while somebody is served.
    const besideLive = this.hasLive();
    for (const row of this.rows()) if (!this.isWanted(row)) this.drop(row);
    for (const projection of this.projections) {
      const definition = definitionOf(projection);
      const own = this.rows().filter((row) => row.projection === projection.name);
      const current = own.find((row) => row.definition === definition);
      if (current === undefined) this.create(projection, definition, besideLive);
      else if (current.live === 1) own.filter((row) => row !== current).forEach((row) => this.drop(row));
    }
  }

  /** Whether anything in the file has been complete, were it by another version of the code. */
  hasLive(): boolean {
    return this.rows().some(({ live }) => live === 1);
  }

  /** The builds that today's code can go on with. */
  builds(): { readonly live: Build[]; readonly building: Build[] } {
    const known = this.rows().flatMap((row) => {
      const projection = this.projectionOf(row);
      return projection && definitionOf(projection) === row.definition ? [{ row, projection }] : [];
    });
    const of = (live: number) =>
      known.filter(({ row }) => row.live === live).map(({ row, projection }) => this.build(row, projection));
    return { live: of(1), building: of(0) };
  }

  /** Whether every table that queries name has an answer that was complete once, if not up to date. */
  answersAll(): boolean {
    const rows = this.rows().filter((row) => row.live === 1);
    return this.projections.every(({ name, tables }) =>
      tables.every((table) => rows.some((row) => row.projection === name && answers(row, table))),
    );
  }

  /** The build has read everything up to the cursor and takes the place of the live one, whose tables are dropped. */
  promote(build: Build, cursor: Cursor | undefined): void {
    const { name } = build.projection;
    this.index(build.projection, build.id);
    for (const row of this.rows()) if (row.projection === name && row.id !== build.id) this.drop(row);
    this.database
      .prepare('UPDATE _builds SET live = 1, cursor = ? WHERE id = ?')
      .run(cursor ?? null, build.id);
  }

  views(): { readonly present: string[]; readonly past: string[] } {
    const rows = this.rows().toSorted((a, b) => b.live - a.live);
    const places = this.projections.flatMap(({ name, tables }) =>
      tables.map((table) => {
        const row = rows.find((candidate) => candidate.projection === name && answers(candidate, table));
        return { table, build: row!.id };
      }),
    );
    return {
      present: places.flatMap(({ table, build }) => [
        presentView(table, build),
        versionsViews(table, build).present,
        ...wholeViews(table, build).present,
      ]),
      past: places.flatMap(({ table, build }) => [
        pastView(table, build),
        versionsViews(table, build).past,
        ...wholeViews(table, build).past,
      ]),
    };
  }

  private rows(): BuildRow[] {
    return this.database.prepare('SELECT * FROM _builds ORDER BY id').all() as unknown as BuildRow[];
  }

  private projectionOf(row: BuildRow): AnyProjection | undefined {
    return this.projections.find(({ name }) => name === row.projection);
  }

  private isWanted(row: BuildRow): boolean {
    const projection = this.projectionOf(row);
    return projection !== undefined && (row.live === 1 || definitionOf(projection) === row.definition);
  }

  private build(row: BuildRow, projection: AnyProjection): Build {
    const writers = projection.tables.map(
      (table) => [table.name, new TableWriter(this.database, table, row.id, this.setNow)] as const,
    );
    return new Build(row.id, projection, new Map(writers), row.cursor ?? undefined);
  }

  private create(projection: AnyProjection, definition: string, besideLive: boolean): void {
    const { lastInsertRowid: id } = this.database
      .prepare('INSERT INTO _builds (projection, definition, live) VALUES (?, ?, 0)')
      .run(projection.name, definition);
    for (const table of projection.tables) this.database.exec(createTable(table, Number(id)));
    if (besideLive) this.index(projection, Number(id));
  }

  private index({ tables }: AnyProjection, build: number): void {
    for (const table of tables) this.database.exec(createIndexes(table, build));
  }

  private drop(row: BuildRow): void {
    for (const table of tablesOf(row)) this.database.exec(dropTable(table, row.id));
    this.database.prepare('DELETE FROM _builds WHERE id = ?').run(row.id);
  }
}
