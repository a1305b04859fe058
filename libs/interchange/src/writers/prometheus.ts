import { isIP } from 'node:net';
import type { Json } from '#libs/kernel/src/json.js';
import type { FleetRecord } from '../fleet-record.js';
import { devicesOf, inChunks, type Records } from './records.js';

export interface PrometheusOptions {
  /** Of the targets; without it a target is an address alone, to be completed by relabelling. */
  readonly port?: number;
  /** Keys of variables to give along as `__meta_craton_variable_<key>`. */
  readonly variables?: readonly string[];
}

const meta = '__meta_craton_';
const labelName = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, '_');
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const hostname = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})$/;

const targetOf = ({ name, fields }: FleetRecord, port: number | undefined): string | undefined => {
  const { ip_address: address = name } = fields;
  if (typeof address !== 'string') return undefined;
  const version = isIP(address);
  if (version === 0 && !hostname.test(address)) return undefined;
  const host = version === 6 ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
};

/** A label `key:value` is a label of Prometheus too; all of them together stand between commas, to be matched whole. */
const labelEntries = (labels: readonly string[]): [string, string][] => [
  ...labels
    .filter((label) => /^[^:]+:/.test(label))
    .map((label): [string, string] => {
      const at = label.indexOf(':');
      return [`${meta}label_${labelName(label.slice(0, at))}`, label.slice(at + 1)];
    }),
  ...(labels.length > 0 ? [[`${meta}labels`, `,${labels.join(',')},`] as [string, string]] : []),
];

const groupOf = (device: FleetRecord, { port, variables = [] }: PrometheusOptions) => {
  const target = targetOf(device, port);
  if (target === undefined) return undefined;
  const { kind, name, place, fields, labels } = device;
  const entries: [string, string][] = [
    [`${meta}kind`, kind],
    [`${meta}name`, name],
    ...Object.entries(place as Record<string, string>).map(([key, value]): [string, string] => [
      `${meta}${key}`,
      value,
    ]),
    ...Object.entries(fields).map(([key, value]): [string, string] => [`${meta}${key}`, textOf(value)]),
    ...labelEntries(labels),
    ...variables
      .filter((key) => Object.hasOwn(device.variables, key))
      .map((key): [string, string] => [
        `${meta}variable_${labelName(key)}`,
        textOf(device.variables[key] as Json),
      ]),
  ];
  return { targets: [target], labels: Object.fromEntries(entries) };
};

async function* texts(records: Records, options: PrometheusOptions): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const device of devicesOf(records)) {
    const group = groupOf(device, options);
    if (!group) continue;
    yield `${separator}${JSON.stringify(group)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/** Targets for Prometheus' `http_sd` and `file_sd`, one group a device. A device with neither an address nor a host name is left out. */
export const writePrometheus = (records: Records, options: PrometheusOptions = {}): AsyncGenerator<string> =>
  inChunks(texts(records, options));
