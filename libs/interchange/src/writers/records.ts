import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { FleetRecord } from '../fleet-record.js';
import { objectOf } from '../json-shape.js';

export type Records = AsyncIterable<FleetRecord> | Iterable<FleetRecord>;

/** Records that can be asked for more than once, for what must know all names before it writes the first: then without variables. */
export type RecordSource = (wanted?: { readonly variables: boolean }) => Records;

/** The row that `readRow` reads: what is empty is left out. */
export const rowOf = ({ kind, place, name, fields, labels, variables }: FleetRecord): JsonObject => {
  const row: [string, Json][] = [['kind', kind], ...Object.entries(place as JsonObject), ['name', name]];
  row.push(...Object.entries(fields));
  if (labels.length > 0) row.push(['labels', labels]);
  if (Object.keys(variables).length > 0) row.push(['variables', variables]);
  return objectOf(row);
};

const enough = 2 ** 16;

/** Texts in pieces of a size that is worth a write. */
export async function* inChunks(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held: string[] = [];
  let size = 0;
  for await (const text of texts) {
    held.push(text);
    size += text.length;
    if (size < enough) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  if (size > 0) yield held.join('');
}

/** The devices among records: what an inventory of Ansible or Prometheus lists. */
export async function* devicesOf(records: Records): AsyncGenerator<FleetRecord> {
  for await (const record of records)
    if (['host', 'network-device', 'container'].includes(record.kind)) yield record;
}
