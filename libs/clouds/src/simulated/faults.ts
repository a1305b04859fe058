type Mode = 'live' | 'cold';

export interface Fault {
  readonly is: 'refused' | 'failing' | 'breaking' | 'stuck';
  readonly why: string;
  readonly mode: Mode | undefined;
}

/** What can be made to go wrong in a simulated cloud. `where` is an instance's identifier or the host that it is to leave. */
export class Faults {
  /** Every call takes so long. */
  delayMs = 0;
  /** Nothing answers. */
  away = false;
  private readonly faults = new Map<string, Fault>();
  private lostAnswers = 0;
  private lostStarts = 0;

  /** The cloud says no as soon as it is asked to move it. */
  refuse(where: string, why: string, mode?: Mode): void {
    this.faults.set(where, { is: 'refused', why, mode });
  }

  /** The move is accepted and comes to nothing. */
  fail(where: string, why: string, mode?: Mode): void {
    this.faults.set(where, { is: 'failing', why, mode });
  }

  /** The move is accepted and leaves the instance in ERROR on the other side. */
  break(where: string, why: string, mode?: Mode): void {
    this.faults.set(where, { is: 'breaking', why, mode });
  }

  /** Its migration never ends; a live one can be called off. */
  stick(where: string, mode: Mode = 'live'): void {
    this.faults.set(where, { is: 'stuck', why: 'it never converges', mode });
  }

  /** The next `count` calls that change something do so and then reject with `CloudUnavailable`. */
  loseAnswers(count = 1): void {
    this.lostAnswers = count;
  }

  /** The same for the call inside a move that starts the migration: the move is to find out by itself. */
  loseStarts(count = 1): void {
    this.lostStarts = count;
  }

  heal(): void {
    this.delayMs = 0;
    this.away = false;
    this.lostAnswers = 0;
    this.lostStarts = 0;
    this.faults.clear();
  }

  of(instanceId: string, host: string, mode: Mode): Fault | undefined {
    return [this.faults.get(instanceId), this.faults.get(host)].find(
      (fault) => fault !== undefined && (fault.mode ?? mode) === mode,
    );
  }

  takeLostAnswer(): boolean {
    return this.lostAnswers > 0 && this.lostAnswers-- > 0;
  }

  takeLostStart(): boolean {
    return this.lostStarts > 0 && this.lostStarts-- > 0;
  }
}
