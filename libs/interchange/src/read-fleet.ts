import { readAnsible, readAnsibleArchive, type AnsibleFormat } from './ansible/ansible.js';
import { readCsv } from './csv.js';
import {
  defaultLimits,
  isProblem,
  type ByteStream,
  type FleetKind,
  type FleetRecord,
  type Limits,
  type Read,
  type RowProblem,
} from './fleet-record.js';
import { readNdjson } from './ndjson.js';
import { readYamlRows } from './yaml-rows.js';

export type FleetFormat = 'ndjson' | 'csv' | 'yaml' | AnsibleFormat | 'ansible-directory';

export interface ReadOptions {
  readonly limits?: Partial<Limits>;
  /** What a row is that does not say it; without it such a row is a problem. */
  readonly kind?: FleetKind;
  /** Of `ansible-directory`: the file or folder of the archive that is the inventory, as `-i` would say it. */
  readonly inventory?: string;
}

const tree = new Set<FleetKind>(['host', 'network-device', 'container']);

/** The natural key: the devices of a region share their names, and so do things of one kind in one place. */
export const naturalKey = ({ kind, name, place }: FleetRecord): string => {
  const { cloud = '', region = '', device = '' } = place;
  if (kind === 'cloud') return JSON.stringify([kind, name]);
  if (kind === 'region') return JSON.stringify([kind, cloud, name]);
  if (kind === 'interface') return JSON.stringify([kind, cloud, region, device, name]);
  return JSON.stringify([tree.has(kind) ? 'device' : kind, cloud, region, name]);
};

/** Lets through what is within the limits and comes once; ends with a fatal problem where it stops. */
export class Gate {
  private readonly seen = new Set<string>();
  private problems = 0;

  constructor(private readonly limits: Limits) {}

  pass(read: Read): Read {
    const passed = isProblem(read) ? read : this.record(read);
    if (!isProblem(passed)) return passed;
    this.problems += 1;
    if (this.problems <= this.limits.problems || passed.fatal) return passed;
    const problem = `there are more than ${this.limits.problems} problems`;
    return { problem, source: passed.source, fatal: true };
  }

  private record(record: FleetRecord): Read {
    const key = naturalKey(record);
    const { source } = record;
    if (this.seen.has(key)) return { problem: `the same ${record.kind} came before`, source };
    if (this.seen.size >= this.limits.records)
      return { problem: `there are more than ${this.limits.records} records`, source, fatal: true };
    this.seen.add(key);
    return record;
  }
}

/** What `gate` lets through, up to the first fatal problem. */
export async function* gated(reads: AsyncIterable<Read>, limits: Limits): AsyncGenerator<Read> {
  const gate = new Gate(limits);
  for await (const read of reads) {
    const passed = gate.pass(read);
    yield passed;
    if ('fatal' in passed) return;
  }
}

const start = (format: FleetFormat, stream: ByteStream, limits: Limits, options: ReadOptions) => {
  const shape = { depth: limits.depth, ...(options.kind === undefined ? {} : { kind: options.kind }) };
  switch (format) {
    case 'ndjson':
      return readNdjson(stream, limits, shape);
    case 'csv':
      return readCsv(stream, limits, shape);
    case 'yaml':
      return readYamlRows(stream, limits, shape);
    case 'ansible-ini':
    case 'ansible-yaml':
    case 'ansible-json':
      return readAnsible(format, stream, limits);
    case 'ansible-directory':
      return readAnsibleArchive(stream, limits, options.inventory);
  }
};

/**
 * Records and problems of a fleet in the order of the source, with positions. Never rejects for what the source holds; memory is bounded
 * by the limits, and for NDJSON and CSV by a row and the keys that were seen. A source that breaks off rejects as its stream does.
 */
export const readFleet = (
  format: FleetFormat,
  stream: ByteStream,
  options: ReadOptions = {},
): AsyncGenerator<Read> => {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  return gated(start(format, stream, limits, options), limits);
};

export const isFatal = (read: Read): read is RowProblem => isProblem(read) && read.fatal === true;
