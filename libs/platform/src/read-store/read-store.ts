import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { AnyProjection } from '#libs/kernel/src/projection.js';
import { lockFile } from '../data-dir-lock.js';
import type { EventStore } from '../event-store/event-store.js';
import { pause } from './feed.js';
import { Passage } from './passage.js';
import { discard, ReadModelFile } from './read-model-file.js';
import { ReadModels } from './read-models.js';
import type { ReadView } from './read-view.js';
import { PastView, PresentView } from './reader.js';
import { checkDeclarations } from './schema.js';
import { Watch } from './watch.js';

export { ReadView, type SqlValue } from './read-view.js';
export type { Touched, Watch } from './watch.js';

export interface ReadStoreOptions {
  /** The file of the read models; may be deleted at any time, since it is built from the log. */
  readonly path: string;
  readonly store: EventStore;
  readonly projections: readonly AnyProjection[];
  /** Told of rebuilds, of files put aside and of failures that are retried. Default: Nest's logger. */
  readonly log?: (line: string) => void;
}

/** The file that is open now and what keeps it up to date. */
interface Life {
  readonly file: ReadModelFile;
  readonly models: ReadModels;
}

const typesOf = (projections: readonly AnyProjection[]): readonly string[] | undefined => {
  const types = new Set(projections.flatMap(({ on }) => Object.keys(on)));
  return types.has('*') ? undefined : [...types].toSorted();
};

/** The read models of this process: built from the log, kept up to date with it, readable as of any past cursor. */
export class ReadStore {
  private readonly log: (line: string) => void;
  private readonly passage: Passage;
  private readonly closing = new AbortController();
  private readonly readiness = Promise.withResolvers<void>();
  private readonly watches: Watch[] = [];
  private life: Life | undefined;
  private renewal: Promise<void> | undefined;
  private trouble = 'not started';
  private release: (() => void) | undefined;

  /** Throws when the projections contradict themselves or each other. */
  constructor(private readonly options: ReadStoreOptions) {
    checkDeclarations(options.projections);
    const logger = new Logger('ReadStore');
    this.log = options.log ?? ((line) => logger.log(line));
    this.passage = new Passage(options.store, () => this.cursor());
    // Whoever closes a store that nobody started or waited for has heard enough.
    this.readiness.promise.catch(() => undefined);
  }

  /** Resolves when every query can be answered as of the log's end. Rejects when another process uses the file or the log is damaged. */
  async start(): Promise<void> {
    const { path } = this.options;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.release = lockFile(`${path}.lock`, `another craton process uses ${path}`);
    try {
      this.live();
    } catch (error) {
      this.release();
      throw error;
    }
    await this.readiness.promise;
  }

  /**
   * Resolves when everything up to the cursor can be read. `unavailable` at the deadline, `validation-failed` for a cursor that
   * is not one of this log.
   */
  passed(cursor: Cursor, timeoutMs: number): Promise<void> {
    return this.passage.passed(cursor, timeoutMs);
  }

  /** Everything up to here can be read; undefined before the first event. */
  cursor(): Cursor | undefined {
    return this.life?.models.position;
  }

  /** `unavailable` until `start` has resolved, and while the file is built again. */
  now(): ReadView {
    const { file, models } = this.readable();
    return new PresentView(file.present, models.position);
  }

  /** Undefined is before the first event. `validation-failed` for a cursor of another log, `unavailable` for one not reached yet. */
  asOf(cursor: Cursor | undefined): ReadView {
    const { file } = this.readable();
    if (cursor !== undefined && !this.passage.isPassed(cursor))
      throw new DomainError('unavailable', 'the read models have not reached the cursor yet');
    return new PastView(file.past, cursor);
  }

  /** The last cursor recorded at or before the time; undefined when the log began later. */
  cursorAt(time: Date): Cursor | undefined {
    const { file } = this.readable();
    const row = file.present.get<{ cursor: Cursor }>(
      'SELECT cursor FROM _times WHERE ms <= ? ORDER BY ms DESC LIMIT 1',
      [time.getTime()],
    );
    return row?.cursor;
  }

  /** For as long as the store lives: which rows of these tables are written from now on. */
  watch(tables: readonly string[]): Watch {
    const watch = new Watch(tables);
    this.watches.push(watch);
    return watch;
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    return this.life?.models.health() ?? { ok: false, detail: this.trouble };
  }

  /** Finishes the batch at hand; idempotent. */
  async close(): Promise<void> {
    this.closing.abort();
    this.trouble = 'closed';
    const closed = new DomainError('unavailable', 'the read models are closed');
    this.readiness.reject(closed);
    this.passage.fail(closed);
    await this.renewal;
    const { life } = this;
    this.life = undefined;
    await life?.models.close();
    this.release?.();
  }

  private readable(): Life {
    if (this.life?.models.ready === true) return this.life;
    throw new DomainError('unavailable', 'the read models are being built');
  }

  private live(): void {
    const { path, store, projections } = this.options;
    const onDamage = (error: Error) => {
      this.renew(`is damaged (${error.message}) and is now ${path}.damaged`, `${path}.damaged`);
    };
    const file = ReadModelFile.open({
      path,
      projections,
      log: this.log,
      onDamage,
      watches: this.watches,
    });
    const onOtherLog = () => {
      this.renew('was built from another log');
    };
    const onAdvance = () => {
      this.advance();
    };
    const types = typesOf(projections);
    // Who has started already goes on answering, and `health` says it.
    const onLogDamage = (error: Error) => {
      this.readiness.reject(error);
    };
    const { log } = this;
    const heard = { onAdvance, onDamage, onOtherLog, onLogDamage, log };
    const models = new ReadModels({ file, store, types, ...heard });
    this.life = { file, models };
    models.begin();
  }

  private advance(): void {
    const models = this.life?.models;
    if (models?.ready !== true) return;
    this.readiness.resolve();
    if (models.position !== undefined) this.passage.arrive(models.position);
  }

  /** Starts over with a new file; meanwhile nothing can be read. */
  private renew(reason: string, aside?: string): void {
    const { life } = this;
    if (life === undefined || this.closing.signal.aborted) return;
    this.life = undefined;
    this.trouble = `the file ${reason}`;
    this.log(`the read models are built again from the log: ${this.options.path} ${reason}`);
    this.renewal = this.replace(life, aside);
  }

  private async replace(life: Life, aside: string | undefined): Promise<void> {
    await life.models.close();
    for (let failures = 0; !this.closing.signal.aborted; failures += 1) {
      try {
        discard(this.options.path, aside);
        this.live();
        return;
      } catch (error) {
        this.trouble = `cannot be built again: ${(error as Error).message}`;
        this.log(`the read models ${this.trouble}`);
        await pause(failures, this.closing.signal);
      }
    }
  }
}
