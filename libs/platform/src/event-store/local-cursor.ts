import type { Cursor } from '#libs/kernel/src/event.js';
import { CursorMismatch } from './event-store.errors.js';

/**
 * Cursors of a log whose positions are the dense integers 1, 2, 3 ...: a kind, the log's tag and 16 hex digits. Fixed width, so
 * that string order is log order; the tag tells a cursor of another log.
 */
export class LocalCursors {
  private readonly prefix: string;

  constructor(kind: 's1' | 'm1', storeId: string) {
    this.prefix = `${kind}:${storeId.replaceAll('-', '').slice(-12)}:`;
  }

  encode(position: number): Cursor {
    return (this.prefix + position.toString(16).padStart(16, '0')) as Cursor;
  }

  /** Throws `CursorMismatch` when the cursor is not one of this log. */
  decode(cursor: Cursor): number {
    const digits = this.digits(cursor);
    const position = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(position)) throw new CursorMismatch('the cursor does not belong to this log');
    return position;
  }

  compare(a: Cursor, b: Cursor): -1 | 0 | 1 {
    const [left, right] = [this.decode(a), this.decode(b)];
    return left === right ? 0 : left < right ? -1 : 1;
  }

  private digits(cursor: Cursor): string | undefined {
    if (typeof cursor !== 'string' || !cursor.startsWith(this.prefix)) return undefined;
    const digits = cursor.slice(this.prefix.length);
    return /^[0-9a-f]{16}$/.test(digits) ? digits : undefined;
  }
}
