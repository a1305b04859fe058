import type { RecordedEvent } from './event-store.js';

/** What is kept; of more, the older part goes. */
const most = { events: 2000, characters: 2_000_000 };

/** Events that were taken together, and how large they are. */
interface Part {
  readonly count: number;
  readonly characters: number;
}

/** The newest events that this process has read or written, without a gap: what whoever follows the log asks for next. */
export class LocalTail {
  private events: RecordedEvent[] = [];
  private parts: Part[] = [];
  private start = 0;
  private characters = 0;

  /** Position of the newest event, 0 when none is known. */
  get end(): number {
    return this.start + this.events.length;
  }

  /** The events after the position, at most so many; none where they are not known. */
  after(position: number, limit: number): readonly RecordedEvent[] {
    const from = position - this.start;
    return from < 0 ? [] : this.events.slice(from, from + limit);
  }

  /** Takes in what follows the position in the log, and how large it is; what is older than the newest that it knows it leaves. */
  take(position: number, events: readonly RecordedEvent[], characters: number): void {
    if (events.length === 0 || position + events.length <= this.end) return;
    if (position !== this.end) this.forget(position);
    for (const event of events) this.events.push(event);
    this.parts.push({ count: events.length, characters });
    this.characters += characters;
    if (this.events.length > most.events || this.characters > most.characters) this.shorten();
  }

  private forget(position: number): void {
    this.events = [];
    this.parts = [];
    this.start = position;
    this.characters = 0;
  }

  /** To half of what it may be, so that this is rare; the newest part stays whatever its size. */
  private shorten(): void {
    let [parts, count] = [0, 0];
    const isMuch = () =>
      2 * (this.events.length - count) > most.events || 2 * this.characters > most.characters;
    for (; parts < this.parts.length - 1 && isMuch(); parts += 1) {
      const part = this.parts[parts]!;
      count += part.count;
      this.characters -= part.characters;
    }
    this.parts = this.parts.slice(parts);
    this.events = this.events.slice(count);
    this.start += count;
  }
}
