import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { HistoryQueries } from '#projections/history/history.queries.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { type HistoryKind, rowKindOf } from './kinds.js';
import { LogReader, type Place, stretchesOf } from './log-reader.js';
import { rowTurns } from './row-versions.js';
import type { Subject } from './subjects.js';
import { WorkSubjects } from './work-subjects.js';

/** What happened to something: to itself, to its variables and, where it is a host, in its windows and runs. */
@Injectable()
export class SubjectHistory {
  constructor(
    private readonly log: LogReader,
    private readonly entries: HistoryQueries,
    private readonly variables: VariablesQueries,
    private readonly works: WorkSubjects,
  ) {}

  /** The last events that the view knows of, in log order. No stream can have more than `limit` of them. */
  async last(
    view: ReadView,
    kind: HistoryKind,
    subject: Subject,
    limit: number,
  ): Promise<readonly RecordedEvent[]> {
    const own = this.entries.at(view, rowTurns(view, rowKindOf(kind), subject.id, limit));
    const ends = this.ends(view, kind, subject, limit);
    const events = await this.log.read([
      ...stretchesOf(own),
      ...ends.map(({ stream, revision }) => ({ stream, from: revision, limit })),
    ]);
    return events.slice(-limit);
  }

  /** The last events of streams that are all about it. */
  private ends(
    view: ReadView,
    kind: HistoryKind,
    { id, revision }: Subject,
    limit: number,
  ): readonly Place[] {
    if (revision !== undefined) return [{ stream: `${kind}-${id}`, revision }];
    const variables = this.variables.ownerRevision(view, id);
    const ends = variables === undefined ? [] : [{ stream: `variables-${id}`, revision: variables }];
    const isWorkedOn = kind === 'host' || kind === 'device';
    return isWorkedOn ? [...ends, ...this.works.ofHost(view, id, limit)] : ends;
  }
}
