import type { RecordedEvent } from './event-store.js';

/** What is kept together; more is a new beginning. */
const most = { events: 500, characters: 1_000_000 };

/** The newest events that this process has read or written, without a gap: what whoever follows the log asks for next. */
export class LocalTail {
  private events: readonly RecordedEvent[] = [];
  private start = 0;
  private characters = 0;

  /** Position of the newest event, 0 when none is known. */
  get end(): number {
    return this.start + this.events.length;
  }

  /** The events after the position, at most so many; none where they are not known. */
  after(position: number, limit: number): readonly RecordedEvent[] {
    const from = position - this.start;
    if (from < 0 || from >= this.events.length) return [];
    return from === 0 && this.events.length <= limit ? this.events : this.events.slice(from, from + limit);
  }

  /** Takes in what follows the position in the log, and how large it is; what is older than the newest that it knows it leaves. */
  take(position: number, events: readonly RecordedEvent[], characters: number): void {
    if (events.length === 0 || position + events.length <= this.end) return;
    const joins =
      this.events.length > 0 &&
      position === this.end &&
      this.events.length + events.length <= most.events &&
      this.characters + characters <= most.characters;
    if (!joins) this.start = position;
    this.events = joins ? [...this.events, ...events] : events;
    this.characters = joins ? this.characters + characters : characters;
  }
}
