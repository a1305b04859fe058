import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { HistoryQueries } from '#projections/history/history.queries.js';
import type { Exchange } from '../http/exchange.js';
import { LogReader, stretchesOf } from './log-reader.js';
import type { Change } from './members.js';
import { nothingToDo, type Obstacle, type ReversalStep } from './reversal.js';
import { ReversalTrial } from './reversal-trial.js';
import { Reversals } from './reversals.js';
import type { Reversion, ReversionBody, ReversionStepBody } from './revert.bodies.js';
import { metadataOf, most, RevertedEvents } from './reverted-events.js';

@Injectable()
export class ReversalTeller {
  constructor(
    private readonly history: HistoryQueries,
    private readonly log: LogReader,
    private readonly readStore: ReadStore,
  ) {}

  /** What was there just before the append whose last event is at a cursor. */
  async before({ view }: Exchange, cursor: string): Promise<ReadView> {
    const appended = await this.log.read(
      this.history
        .at(view, [cursor])
        .map(({ stream, revision }) => ({ stream, from: revision, limit: most })),
    );
    const last = appended.at(-1);
    const commandOf = (event: RecordedEvent) => metadataOf(event).commandId;
    const first = appended.find((event) => last && commandOf(event) === commandOf(last));
    return this.readStore.asOf(this.history.before(view, first?.cursor ?? cursor));
  }

  /** What changed again what is in the way, by cursor. */
  async laterOf(
    { view }: Exchange,
    steps: readonly ReversalStep[],
  ): Promise<ReadonlyMap<string, RecordedEvent>> {
    const cursors = steps.flatMap(({ obstacles }) => obstacles.flatMap(({ later }) => later ?? []));
    const events = await this.log.read(stretchesOf(this.history.at(view, cursors)));
    return new Map(events.map((event) => [event.cursor, event]));
  }
}

const outcomeOf = (step: ReversalStep, isDone: boolean): string => {
  if (nothingToDo(step)) return 'nothing-to-do';
  if (isDone) return 'done';
  return step.obstacles.length > 0 ? 'refused' : 'possible';
};

const obstacleOf = ({ code, message }: Obstacle, later: RecordedEvent | undefined) => ({
  code,
  message,
  event_id: later?.id ?? null,
  type: later?.type ?? null,
  actor: later ? metadataOf(later).actor.username : null,
});

/** What is put back at once; `next`: the `marker` of what comes before it. */
export interface Reversal {
  readonly steps: readonly ReversalStep[];
  readonly next: string | undefined;
}

/** Prepares what is to be put back, and tells of it. */
@Injectable()
export class Reverter {
  constructor(
    private readonly events: RevertedEvents,
    private readonly reversals: Reversals,
    private readonly trial: ReversalTrial,
    private readonly teller: ReversalTeller,
  ) {}

  /** The later ones first, each with what is in its way. */
  async prepared(exchange: Exchange, asked: Reversion): Promise<Reversal> {
    const { events, next } = await this.events.find(exchange, asked);
    const steps = this.reversals.of(exchange.view, events);
    await this.trial.run(exchange, steps);
    return { steps, next };
  }

  /** The same as it was just before the cursor, whatever has been done since. */
  async before(exchange: Exchange, { steps, next }: Reversal, cursor: string): Promise<Reversal> {
    const found = steps.map((step) => step.found).toReversed();
    return { steps: this.reversals.of(await this.teller.before(exchange, cursor), found), next };
  }

  async told(exchange: Exchange, { steps, next }: Reversal, { dry_run }: Reversion): Promise<ReversionBody> {
    const later = await this.teller.laterOf(exchange, steps);
    return {
      dry_run,
      steps: steps.map((step): ReversionStepBody => {
        const { event, entry } = step.found;
        const change: Change | undefined = step.change;
        return {
          event_id: event.id,
          type: event.type,
          cursor: event.cursor,
          kind: entry.kind,
          id: entry.subject_id,
          name: step.name,
          outcome: outcomeOf(step, !dry_run),
          from: change?.after ?? null,
          to: change?.before ?? null,
          obstacles: dry_run ? step.obstacles.map((one) => obstacleOf(one, later.get(one.later ?? ''))) : [],
        };
      }),
      next: next ?? null,
    };
  }
}
