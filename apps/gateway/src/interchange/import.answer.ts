import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import type { ImportOptions } from './import.bodies.js';
import { lineOfRefusal, Tally } from './import.lines.js';
import type { Entry } from './import.plan.js';
import type { Spool } from './import.spool.js';
import type { Refusal } from './import.survey.js';
import { ImportWriter, type Writing } from './import.writer.js';

/** An import of which everything is known but what the log will say. */
export interface Prepared {
  readonly options: ImportOptions;
  readonly metadata: Writing['metadata'];
  readonly mark: Writing['mark'];
  readonly spool: Spool;
  readonly refusals: readonly Refusal[];
  readonly entries: readonly Entry[];
  /** Of a dry run: what the import itself would be refused with. */
  readonly problem: DomainError | undefined;
}

const plannedAtOnce = 500;

const planned = function* (entries: readonly Entry[]): Generator<readonly Entry[]> {
  for (let at = 0; at < entries.length; at += plannedAtOnce) yield entries.slice(at, at + plannedAtOnce);
};

/** Does an import, and tells of it while it does: a line for each thing, progress now and then, and what it came to at the end. */
@Injectable()
export class ImportAnswer {
  constructor(
    private readonly writer: ImportWriter,
    private readonly readStore: ReadStore,
  ) {}

  async *lines(prepared: Prepared): AsyncGenerator<string> {
    const { options, refusals, entries } = prepared;
    const tally = new Tally(refusals.length + entries.length);
    for (const refusal of refusals) {
      tally.add('refused');
      yield lineOfRefusal(refusal);
    }
    let { problem } = prepared;
    try {
      for await (const step of options.dry_run ? planned(entries) : this.written(prepared))
        yield tally.told(step);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      problem = error;
    }
    if (prepared.problem) tally.giveUp();
    const cursor = this.readStore.cursor() ?? null;
    yield tally.summary(options.dry_run, problem, cursor);
  }

  private written({ entries, spool, metadata, mark, options }: Prepared): AsyncGenerator<readonly Entry[]> {
    const secrets = new Set(options.secret);
    return this.writer.write({ entries, spool, metadata, mark, secrets });
  }
}
