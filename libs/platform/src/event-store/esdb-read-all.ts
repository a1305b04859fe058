import { CursorMismatch } from './event-store.errors.js';
import type { ReadAllOptions, RecordedEvent } from './event-store.js';
import { comparePositions, origin, type Position } from './esdb-cursor.js';
import type { EsdbIdentity } from './esdb-identity.js';
import type { EsdbReader } from './esdb-reader.js';
import { type EsdbRecord, withCursor } from './esdb-records.js';
import { checkAllRead, matcher } from './requests.js';

/** Everything after a cursor. The client has no filter for this read, so what is left out comes over the wire, too. */
export async function* readAllFrom(
  reader: EsdbReader,
  identity: EsdbIdentity,
  options: ReadAllOptions,
): AsyncGenerator<RecordedEvent> {
  checkAllRead(options);
  const { after, filter, signal, limit = Infinity } = options;
  signal?.throwIfAborted();
  const cursors = await identity.cursors();
  const matches = matcher(filter);
  let left = limit;
  for await (const record of recordsAfter(
    reader,
    after === undefined ? origin : cursors.decode(after),
    signal,
  )) {
    if (!matches(record.event.stream, record.event.type)) continue;
    yield withCursor(record, cursors);
    signal?.throwIfAborted();
    if (--left === 0) return;
  }
}

/** The server reads from a position on, the event there included; a log that lacks it was put back to an older state. */
async function* recordsAfter(
  reader: EsdbReader,
  after: Position,
  signal: AbortSignal | undefined,
): AsyncGenerator<EsdbRecord> {
  let known = comparePositions(after, origin) === 0;
  for await (const record of reader.all(after, signal)) {
    known = true;
    if (comparePositions(record.position, after) > 0) yield record;
  }
  if (!known) throw new CursorMismatch('the cursor is beyond the end of this log');
}
