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
  return `${sign} ${digits(value)}${against ? '×' : ` ${unit}`}`;
};

const cells = (line: Line): readonly string[] => [
  line.what,
  `${digits(line.median)} ${line.unit}`,
  line.against ? `${line.against.what}: ${digits(line.limit as number)} ${line.unit}` : '',
  line.ratio === null ? '' : `${digits(line.ratio)}×`,
  target(line),
  line.verdict,
];

/** In Markdown, the columns aligned for who reads it in a terminal. */
const written = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
};

const curveOf = (lines: readonly Line[]): string => {
  const sizes = (lines[0]?.curve ?? []).map(({ size }) => `${size.toLocaleString('en')} hosts`);
  const rows = lines.map((line) => [
    line.what,
    ...(line.curve ?? []).map(({ values }) => `${digits(median(values))} ${line.unit}`),
    `${digits(line.ratio ?? NaN)}×`,
    target(line),
    line.verdict,
  ]);
  return written(['cost of one answer', ...sizes, 'growth', 'target', 'verdict'], rows);
};

/** One table of all figures, and one of how their cost grows with the fleet if that was measured. */
export const tables = (lines: readonly Line[]): string => {
  const [plain, grown] = [
    lines.filter(({ curve }) => curve === undefined),
    lines.filter(({ curve }) => curve !== undefined),
  ];
  const head = ['what', 'median', 'measured against', 'ratio', 'target', 'verdict'];
  const first = written(head, plain.map(cells));
  return grown.length === 0 ? first : `${first}\n\n${curveOf(grown)}`;
};

/** Where it was measured: a ratio travels to another machine, a value does not. */
export const machine = () => ({
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryMb: Math.round(totalmem() / 2 ** 20),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});
