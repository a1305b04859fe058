import type { Cursor, Event, Recorded } from '#libs/kernel/src/event.js';
import type { AnyProjection, Write } from '#libs/kernel/src/projection.js';
import { isConstraint, isSqlite } from './sqlite-failure.js';
import type { TableWriter } from './table-writer.js';
import type { Watch } from './watch.js';

type Handler = (event: Recorded) => readonly Write[];

/** One set of tables of one projection, and how far it has read. */
export class Build {
  private readonly handlers: ReadonlyMap<string, Handler>;
  private readonly everything: Handler | undefined;

  constructor(
    readonly id: number,
    readonly projection: AnyProjection,
    private readonly writers: ReadonlyMap<string, TableWriter>,
    /** What was committed; moved by whoever committed it. */
    public cursor: Cursor | undefined,
  ) {
    const handlers = Object.entries(projection.on).filter(([, handler]) => handler !== undefined);
    this.handlers = new Map(handlers as [string, Handler][]);
    this.everything = this.handlers.get('*');
  }

  /** Undefined when it wants every event. */
  get types(): readonly string[] | undefined {
    return this.everything === undefined ? [...this.handlers.keys()] : undefined;
  }

  apply(event: Recorded<Event>, watches: readonly Watch[]): void {
    const handler = this.handlers.get(event.type);
    if (handler === undefined && this.everything === undefined) return;
    if (this.cursor !== undefined && event.cursor <= this.cursor) return;
    if (handler !== undefined) this.write(event, handler, watches);
    if (this.everything !== undefined) this.write(event, this.everything, watches);
  }

  private write(event: Recorded<Event>, handler: Handler, watches: readonly Watch[]): void {
    try {
      const writes = handler(event);
      for (let at = 0; at < writes.length;) {
        const { table } = writes[at]!;
        const writer = this.writers.get(table);
        if (writer === undefined) throw new Error(`it has no table ${table}`);
        at += writer.write(writes, at, event.cursor);
      }
      for (const watch of watches) for (const write of writes) watch.note(write);
    } catch (error) {
      // SQLite's failures are about the machine or the file, whichever event meets them.
      if (isSqlite(error) && !isConstraint(error)) throw error;
      const what = `projection ${this.projection.name} failed at ${event.type} ${event.id}`;
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    }
  }
}
