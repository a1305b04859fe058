import type { Cursor } from '#libs/kernel/src/event.js';
import { CursorMismatch, StoreDamaged } from '../event-store/event-store.errors.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Build } from './build.js';
import { Feed, pause } from './feed.js';
import { isOfLog } from './log-mark.js';
import type { ReadModelFile } from './read-model-file.js';

/** Larger while nobody is served, but small enough to die young; while somebody is, a batch must not hold up the process for long. */
const batchOf = { catchUp: 2000, beside: 500 };

export interface ReadModelsOptions {
  readonly file: ReadModelFile;
  readonly store: EventStore;
  readonly types: readonly string[] | undefined;
  /** Something can be read that could not be read before. */
  readonly onAdvance: () => void;
  readonly onDamage: (error: Error) => void;
  readonly onOtherLog: () => void;
  /** The log cannot be read, and never will be. */
  readonly onLogDamage: (error: Error) => void;
  readonly log: (line: string) => void;
}

const later = (a: Cursor | undefined, b: Cursor | undefined): Cursor | undefined =>
  (a ?? '') > (b ?? '') ? a : b;

const earliest = (cursors: readonly (Cursor | undefined)[]): Cursor | undefined =>
  cursors.reduce((least, cursor) => ((cursor ?? '') < (least ?? '') ? cursor : least), cursors[0]);

/**
 * The builds of one file and the feeds that keep them up to date: the main feed for what answers, and, after a projection has
 * changed, one beside it that reads the log from the start and joins the main one when it has caught up.
 */
export class ReadModels {
  /** Whether every query has a complete answer. */
  ready = false;
  private readonly stopping = new AbortController();
  private main: Feed | undefined;
  private beside: Feed | undefined;
  private feeds: Feed[] = [];
  private answering: Build[];
  /** Not yet complete, whichever feed builds it. */
  private unfinished: Build[];
  private beginning: Promise<void> | undefined;
  private trouble: string | undefined;

  constructor(private readonly options: ReadModelsOptions) {
    const { catalog, mark } = options.file;
    const { live, building } = catalog.builds();
    // Before the first event a cursor may be that of another log that was as empty.
    if (mark.last === undefined) for (const build of [...live, ...building]) build.cursor = undefined;
    this.answering = catalog.hasLive() ? live : building;
    this.unfinished = building;
  }

  get position(): Cursor | undefined {
    return this.main?.position ?? this.options.file.mark.last?.cursor;
  }

  begin(): void {
    this.beginning = this.followLog();
  }

  health(): { readonly ok: boolean; readonly detail: string } {
    const troubles = [this.trouble, ...this.feeds.map((feed) => feed.trouble)].filter(
      (text) => text !== undefined,
    );
    const names = this.unfinished.map(({ projection }) => projection.name).join(', ');
    const building = names === '' ? [] : [`building ${names}`];
    const detail = [...new Set(troubles), ...building, ...(this.ready ? [] : ['reading the log'])];
    return { ok: this.ready && troubles.length === 0, detail: detail.join('; ') || 'up to date' };
  }

  /** Finishes the batch at hand. */
  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.feeds.map((feed) => feed.stop()));
    await this.beginning;
    await this.options.file.close();
  }

  private async followLog(): Promise<void> {
    if (!(await this.isOfThisLog())) this.options.onOtherLog();
    else if (!this.stopping.signal.aborted) this.startFeeds();
  }

  /** Asks until the log answers. */
  private async isOfThisLog(): Promise<boolean> {
    const { file, store, log } = this.options;
    const { last } = file.mark;
    for (let failures = 0; last !== undefined && !this.stopping.signal.aborted; failures += 1) {
      try {
        return await isOfLog(store, last, this.stopping.signal);
      } catch (error) {
        if (error instanceof CursorMismatch) return false;
        if (error instanceof StoreDamaged) this.options.onLogDamage(error);
        this.trouble = `the log is away: ${(error as Error).message}`;
        if (failures === 0) log(`the read models wait: ${this.trouble}`);
        await pause(failures, this.stopping.signal);
      }
    }
    return true;
  }

  private startFeeds(): void {
    this.trouble = undefined;
    const { file } = this.options;
    const aside = this.unfinished.filter((build) => !this.answering.includes(build));
    const after = earliest([...this.answering.map(({ cursor }) => cursor), file.mark.last?.cursor]);
    this.main = this.feed(after, batchOf.catchUp, this.answering, true);
    this.main.start();
    if (aside.length > 0) this.startBeside(aside);
  }

  private startBeside(builds: readonly Build[]): void {
    const { file, log } = this.options;
    const answered = file.catalog.answersAll();
    const after = earliest(builds.map(({ cursor }) => cursor));
    this.beside = this.feed(after, answered ? batchOf.beside : batchOf.catchUp, builds, false);
    // Whatever the main feed has read by now, the one beside has read when it has caught up.
    const covered = this.main?.position;
    this.beside.covers = covered;
    const names = builds.map(({ projection: { name, version } }) => `${name} ${version}`).join(', ');
    log(`building ${names} ${answered ? 'beside what answers' : 'before anything is answered'}`);
    this.beside.start();
  }

  private feed(after: Cursor | undefined, maxBatch: number, builds: readonly Build[], main: boolean): Feed {
    const { file, store, types, onDamage, onOtherLog, onLogDamage, log } = this.options;
    const feed = new Feed({
      store,
      after,
      maxBatch,
      types,
      apply: ({ events, upTo }) => {
        file.apply(events, upTo, builds, main);
      },
      onApplied: () => {
        this.advance();
      },
      onDamage,
      onOtherLog,
      onLogDamage,
      log,
    });
    this.feeds.push(feed);
    return feed;
  }

  private advance(): void {
    this.finish();
    this.ready ||=
      this.main?.caughtUp === true &&
      (this.unfinished.length === 0 || this.options.file.catalog.answersAll());
    this.options.onAdvance();
  }

  /** What has caught up begins to answer. */
  private finish(): void {
    const { file, log } = this.options;
    if (this.unfinished.length === 0) return;
    if (this.beside === undefined) {
      if (this.main?.caughtUp !== true) return;
    } else if (!this.isBesideComplete(this.beside)) return;
    file.promote(this.unfinished, later(this.beside?.position, this.main?.position));
    if (this.beside !== undefined) {
      log(`built ${this.unfinished.map(({ projection }) => projection.name).join(', ')}`);
      this.answering.push(...this.unfinished);
      void this.beside.stop();
      this.beside = undefined;
    }
    this.unfinished = [];
  }

  private isBesideComplete({ caughtUp, position, covers }: Feed): boolean {
    return caughtUp && (later(position, covers) ?? '') >= (this.options.file.mark.last?.cursor ?? '');
  }
}
