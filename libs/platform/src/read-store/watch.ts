import type { Row, Write } from '#libs/kernel/src/projection.js';

/** Rows of one table that were written or removed: those that have these values. */
export interface Touched {
  readonly table: string;
  readonly key: Row;
}

const most = 20_000;

/** Remembers which rows of some tables are written, for somebody who keeps in memory what they say. */
export class Watch {
  private readonly tables: ReadonlySet<string>;
  private touched: Touched[] = [];
  private known = false;

  constructor(tables: readonly string[]) {
    this.tables = new Set(tables);
  }

  note({ table, key }: Write): void {
    if (!this.known || !this.tables.has(table)) return;
    if (this.touched.length < most) this.touched.push({ table, key });
    else this.lose();
  }

  /** Whatever was taken before says nothing any more. */
  lose(): void {
    this.known = false;
    this.touched = [];
  }

  /** Everything written since the last time; undefined when that is not known, as at first: all may be different. */
  take(): readonly Touched[] | undefined {
    const taken = this.known ? this.touched : undefined;
    this.known = true;
    this.touched = [];
    return taken;
  }
}
