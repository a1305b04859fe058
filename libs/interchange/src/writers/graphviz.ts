import type { FleetKind, FleetRecord, Place } from '../fleet-record.js';
import { inChunks, type Records } from './records.js';

const shapes: Readonly<Record<FleetKind, string>> = {
  cloud: 'ellipse',
  region: 'ellipse',
  cell: 'folder',
  host: 'box',
  'network-device': 'box3d',
  container: 'component',
  network: 'hexagon',
  interface: 'plain',
};

/** A text between quotes; a backslash would begin one of GraphViz' own escapes. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll('\0', '')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\r\n?|\n/g, '\\n')}"`;

const devices = new Set<FleetKind>(['host', 'network-device', 'container']);

const keyOf = (kind: FleetKind, name: string, { cloud = '', region = '', device = '' }: Place): string =>
  JSON.stringify([
    devices.has(kind) ? 'device' : kind,
    cloud,
    region,
    kind === 'interface' ? device : '',
    name,
  ]);

const own = ({ kind, name, place }: FleetRecord): string => {
  if (kind === 'cloud') return keyOf(kind, name, {});
  return kind === 'region' ? keyOf(kind, name, { cloud: place.cloud ?? '' }) : keyOf(kind, name, place);
};

/** The nearest thing that is named as above it. */
const above = ({ kind, place }: FleetRecord): string | undefined => {
  const { cloud = '', region = '' } = place;
  const below: readonly FleetKind[] = ['cloud', 'region', 'cell'];
  const steps: readonly (readonly [FleetKind, string | undefined, Place])[] = [
    ['host', place.device, { cloud, region }],
    ['host', place.parent, { cloud, region }],
    ['cell', place.cell, { cloud, region }],
    ['region', place.region, { cloud }],
    ['cloud', place.cloud, {}],
  ];
  const own = below.indexOf(kind);
  const found = steps.find(([one, name]) => name !== undefined && (own < 0 || below.indexOf(one) < own));
  return found && keyOf(found[0], found[1] as string, found[2]);
};

class Graph {
  private readonly numbers = new Map<string, number>();
  private readonly shown = new Set<string>();
  private readonly above = new Set<string>();

  *node(record: FleetRecord): Generator<string> {
    const key = own(record);
    const id = this.id(key);
    this.shown.add(key);
    const address = record.fields['ip_address'];
    const label = typeof address === 'string' ? `${record.name}\n${address}` : record.name;
    yield `  n${id} [label=${quoted(label)} shape=${shapes[record.kind]}];\n`;
    const parent = above(record);
    if (parent === undefined) return;
    this.above.add(parent);
    yield `  n${this.id(parent)} -> n${id};\n`;
  }

  /** What others hang on without being among the records is drawn by its name. */
  *rest(): Generator<string> {
    for (const key of this.above)
      if (!this.shown.has(key))
        yield `  n${this.id(key)} [label=${quoted((JSON.parse(key) as string[]).at(-1) as string)} style=dashed];\n`;
  }

  private id(key: string): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.numbers.size);
    return this.numbers.size - 1;
  }
}

async function* texts(records: Records): AsyncGenerator<string> {
  const graph = new Graph();
  yield 'digraph fleet {\n  rankdir=LR;\n  node [fontname="sans-serif"];\n';
  for await (const record of records) yield* graph.node(record);
  yield* graph.rest();
  yield '}\n';
}

/** A drawing of the tree in GraphViz' language; every name is quoted, and none is markup. */
export const writeGraphviz = (records: Records): AsyncGenerator<string> => inChunks(texts(records));
