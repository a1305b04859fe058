import { cpus, totalmem } from 'node:os';
import type { Measured } from './figure.js';
import { median } from './numbers.js';

export interface Line extends Measured {
  readonly figure: string;
  readonly median: number;
  readonly limit: number | null;
  /** Median of the ratios of the rounds, each to the limit measured beside it. */
  readonly ratio: number | null;
  readonly verdict: 'met' | 'missed' | 'for information';
}

const verdict = ({ target }: Measured, value: number): Line['verdict'] => {
  if (target === undefined) return 'for information';
  const met = 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
  return met ? 'met' : 'missed';
};

export const lineOf = (figure: string, measured: Measured): Line => {
  const { values, against } = measured;
  const ratio = against
    ? median(values.map((value, index) => value / (against.values[index] as number)))
    : null;
  return {
    figure,
    ...measured,
    median: median(values),
    limit: against ? median(against.values) : null,
    ratio,
    verdict: verdict(measured, ratio ?? median(values)),
  };
};

const digits = (value: number): string =>
  value.toLocaleString('en', {
    maximumSignificantDigits: value < 100 ? 3 : Math.floor(Math.log10(value)) + 1,
  });

const target = ({ target: wanted, against, unit }: Line): string => {
  if (wanted === undefined) return '';
  const [sign, value] = 'atLeast' in wanted ? ['≥', wanted.atLeast] : ['≤', wanted.atMost];
  return `${sign} ${value}${against ? '×' : ` ${unit}`}`;
};

const cells = (line: Line): readonly string[] => [
  line.what,
  `${digits(line.median)} ${line.unit}`,
  line.against ? `${line.against.what}: ${digits(line.limit as number)} ${line.unit}` : '',
  line.ratio === null ? '' : `${digits(line.ratio)}×`,
  target(line),
  line.verdict,
];

/** A table in Markdown, its columns aligned for who reads it in a terminal. */
export const table = (lines: readonly Line[]): string => {
  const rows = [
    ['what', 'median', 'measured against', 'ratio', 'target', 'verdict'],
    ...lines.map((line) => cells(line)),
  ];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const written = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [written(rows[0] as string[]), rule, ...rows.slice(1).map((row) => written(row))].join('\n');
};

/** Where it was measured: a ratio travels to another machine, a value does not. */
export const machine = () => ({
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryMb: Math.round(totalmem() / 2 ** 20),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});
