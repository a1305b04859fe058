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
import { metadataOf, RevertedEvents } from './reverted-events.js';

@Injectable()
export class ReversalTeller {
  constructor(
    private readonly history: HistoryQueries,
    private readonly log: LogReader,
    private readonly readStore: ReadStore,
  ) {}

  /** What was there just before a cursor. */
  before({ view }: Exchange, cursor: string): ReadView {
    return this.readStore.asOf(this.history.before(view, cursor));
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
  async steps(exchange: Exchange, asked: Reversion): Promise<readonly ReversalStep[]> {
    const steps = this.reversals.of(exchange.view, await this.events.find(exchange, asked));
    await this.trial.run(exchange, steps);
    return steps;
  }

  /** These steps as they were just before the cursor, whatever has been done since. */
  stepsBefore(exchange: Exchange, steps: readonly ReversalStep[], cursor: string): readonly ReversalStep[] {
    return this.reversals.of(
      this.teller.before(exchange, cursor),
      steps.map(({ found }) => found).toReversed(),
    );
  }

  async told(
    exchange: Exchange,
    steps: readonly ReversalStep[],
    { dry_run }: Reversion,
  ): Promise<ReversionBody> {
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
    };
  }
}
