import type { Decider } from '#libs/kernel/src/decider.js';
import type { Cursor, Event, Metadata } from '#libs/kernel/src/event.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';

/** What a command came to. `events` is empty when there was nothing left to do. */
export interface Receipt {
  /** Revision of the subject's last event. -1: it has none. */
  readonly revision: number;
  /** Whoever has read up to here sees what the command did. */
  readonly cursor: Cursor | undefined;
  readonly events: readonly Event[];
}

const rememberedOutcomes = 1000;

/** The state of one stream at one revision, and the recent commands that led there. */
export class Fold<S, C, E extends Event> {
  state: S;
  revision = -1;
  cursor: Cursor | undefined;
  private readonly subjects = new Map<string, number>();
  private readonly outcomes = new Map<string, Receipt>();
  /** Their commands, the newest in place of the oldest: to find that one in the map would be a search. */
  private readonly commands: string[] = [];
  private oldest = 0;

  constructor(readonly decider: Decider<S, C, E>) {
    this.state = decider.initialState();
  }

  take(event: RecordedEvent): void {
    const fact = { type: event.type, data: event.data } as unknown as E;
    this.evolve([fact], event.revision);
    this.cursor = event.cursor;
    const { commandId } = event.metadata as unknown as Metadata;
    const before = this.outcomes.get(commandId)?.events ?? [];
    this.remember(commandId, { revision: event.revision, cursor: event.cursor, events: [...before, fact] });
  }

  /** Folds events that are, or are about to be, numbered from `revision` on. */
  evolve(events: readonly E[], revision: number): void {
    events.forEach((event, index) => {
      this.state = this.decider.evolve(this.state, event);
      this.revision = revision + index;
      if (this.decider.subject) this.subjects.set(this.decider.subject(event), this.revision);
    });
  }

  outcomeOf(commandId: string): Receipt | undefined {
    return this.outcomes.get(commandId);
  }

  remember(commandId: string, receipt: Receipt): void {
    if (!this.outcomes.has(commandId)) this.makeRoom(commandId);
    this.outcomes.set(commandId, receipt);
  }

  private makeRoom(commandId: string): void {
    const forgotten = this.commands[this.oldest];
    if (forgotten !== undefined) this.outcomes.delete(forgotten);
    this.commands[this.oldest] = commandId;
    this.oldest = (this.oldest + 1) % rememberedOutcomes;
  }

  /** Revision of the last event about the subject, or of the stream when no subject is named. */
  revisionOf(subject: string | undefined): number {
    if (subject === undefined || !this.decider.subject) return this.revision;
    return this.subjects.get(subject) ?? -1;
  }
}
