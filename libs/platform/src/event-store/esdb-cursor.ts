import type { Cursor } from '#libs/kernel/src/event.js';
import { hash } from 'node:crypto';
import { CursorMismatch } from './event-store.errors.js';

/** Where EventStoreDB says that an event lies in its log. */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Before every event: a server keeps a record of its own there. */
export const origin: Position = { commit: 0n, prepare: 0n };

const shape = /^k1:([0-9a-f]{16})([0-9a-f]{16}):[0-9a-f]{12}$/;

const hex = (value: bigint): string => value.toString(16).padStart(16, '0');

export const comparePositions = (a: Position, b: Position): -1 | 0 | 1 => {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
};

/**
 * Cursors of one cluster: `k1:`, both positions in hexadecimal, a colon and a seal. Fixed width, so that string order is log order. The
 * seal is a hash over the store's identity and the positions: a cursor of another store, or one that nobody was given, is noticed
 * before the server is asked for a position in the middle of a record.
 */
export class EsdbCursors {
  constructor(private readonly storeId: string) {}

  encode({ commit, prepare }: Position): Cursor {
    const positions = hex(commit) + hex(prepare);
    return `k1:${positions}:${this.seal(positions)}` as Cursor;
  }

  /** Throws `CursorMismatch` when the cursor is not one of this store. */
  decode(cursor: Cursor): Position {
    const position = decodeUnsealed(cursor);
    if (this.encode(position) !== cursor) throw new CursorMismatch('the cursor does not belong to this log');
    return position;
  }

  private seal(positions: string): string {
    return hash('sha256', this.storeId + positions, 'hex').slice(0, 12);
  }
}

/** The positions of a cursor whose store is not known yet. */
export const decodeUnsealed = (cursor: Cursor): Position => {
  const [, commit, prepare] = (typeof cursor === 'string' ? shape.exec(cursor) : undefined) ?? [];
  if (commit === undefined || prepare === undefined)
    throw new CursorMismatch('the cursor does not belong to this log');
  return { commit: BigInt(`0x${commit}`), prepare: BigInt(`0x${prepare}`) };
};
