import type { FleetRecord } from '#libs/interchange/src/fleet-record.js';
import { writeGraphviz } from '#libs/interchange/src/writers/graphviz.js';
import { writePrometheus } from '#libs/interchange/src/writers/prometheus.js';
import { writeCsv, writeNdjson, writeYaml } from '#libs/interchange/src/writers/rows.js';

/** A text in pieces, of this media type. */
export interface Written {
  readonly text: AsyncGenerator<string>;
  readonly media: string;
  /** Under which name a browser keeps it. */
  readonly filename?: string;
}

interface Format {
  readonly media: string;
  readonly suffix: string;
  /** What it has a place for: only devices, all things, or all of them with their variables. */
  readonly shows: 'devices' | 'tree' | 'everything';
  readonly write: (records: AsyncIterable<FleetRecord>) => AsyncGenerator<string>;
}

export const formatNames = ['ndjson', 'yaml', 'csv', 'graphviz', 'prometheus'] as const;
export type FormatName = (typeof formatNames)[number];

/** What `GET /v1/export` writes. */
export const formats: Readonly<Record<FormatName, Format>> = {
  ndjson: { media: 'application/x-ndjson', suffix: 'ndjson', shows: 'everything', write: writeNdjson },
  yaml: { media: 'application/yaml', suffix: 'yaml', shows: 'everything', write: writeYaml },
  csv: { media: 'text/csv', suffix: 'csv', shows: 'everything', write: (records) => writeCsv(records) },
  graphviz: { media: 'text/vnd.graphviz', suffix: 'dot', shows: 'tree', write: writeGraphviz },
  prometheus: {
    media: 'application/json',
    suffix: 'json',
    shows: 'devices',
    write: (records) => writePrometheus(records),
  },
};
