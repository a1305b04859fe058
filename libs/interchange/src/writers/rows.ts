import type { Json } from '#libs/kernel/src/json.js';
import { fieldTypes, placeNames, type FleetRecord } from '../fleet-record.js';
import { guardCell } from '../formula.js';
import { jsonIn } from '../json-text.js';
import { inChunks, rowOf, type Records } from './records.js';
import { yamlItem } from './yaml-writer.js';

async function* texts(records: Records, text: (record: FleetRecord) => string): AsyncGenerator<string> {
  for await (const record of records) yield text(record);
}

/** One record a line; `readFleet('ndjson')` gives the same records back. */
export const writeNdjson = (records: Records): AsyncGenerator<string> =>
  inChunks(texts(records, (record) => `${JSON.stringify(rowOf(record))}\n`));

/** A sequence of records; `readFleet('yaml')` gives the same records back, up to its limit of bytes. */
export const writeYaml = (records: Records): AsyncGenerator<string> =>
  inChunks(texts(records, (record) => yamlItem(rowOf(record))));

export interface CsvOptions {
  /** Keys of variables with a column each, `variables.<key>`; the others share the column `variables` as an object. */
  readonly variables?: readonly string[];
}

const fieldNames = [...new Set(Object.values(fieldTypes).flatMap((fields) => Object.keys(fields)))];
const fixed = ['kind', ...placeNames, 'name', ...fieldNames, 'labels', 'variables'];

/** A text, or JSON where a bare text would be read as something else. */
const variableText = (value: Json): string =>
  typeof value === 'string' && value !== '' && jsonIn(value) === undefined ? value : JSON.stringify(value);

const fieldText = (name: string, value: Json): string => {
  if (name === 'vlans') return variableText(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const cell = (text: string): string => {
  const guarded = guardCell(text);
  return /[",;\t\r\n]|^ | $/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
};

const isPlainLabel = (label: string): boolean => label.trim() === label && !/[,;[]/.test(label);

const labelsText = (labels: readonly string[]): string =>
  labels.every(isPlainLabel) ? labels.join(',') : JSON.stringify(labels);

const csvRow = (record: FleetRecord, keys: readonly string[]): string => {
  const { variables, labels, fields, place, kind, name } = record;
  const own = new Set(keys);
  const rest = Object.entries(variables).filter(([key]) => !own.has(key));
  const texts = [
    kind,
    ...placeNames.map((one) => place[one] ?? ''),
    name,
    ...fieldNames.map((one) => (Object.hasOwn(fields, one) ? fieldText(one, fields[one] as Json) : '')),
    labelsText(labels),
    rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : '',
    ...keys.map((key) => (Object.hasOwn(variables, key) ? variableText(variables[key] as Json) : '')),
  ];
  return `${texts.map(cell).join(',')}\r\n`;
};

async function* csvTexts(records: Records, keys: readonly string[]): AsyncGenerator<string> {
  yield `${[...fixed, ...keys.map((key) => `variables.${key}`)].map(cell).join(',')}\r\n`;
  for await (const record of records) yield csvRow(record, keys);
}

/** A header and a row a record, after RFC 4180; no cell is a formula. `readFleet('csv')` gives the same records back. */
export const writeCsv = (records: Records, { variables = [] }: CsvOptions = {}): AsyncGenerator<string> =>
  inChunks(csvTexts(records, variables));
