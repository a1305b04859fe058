export class BadPattern extends Error {}

export interface Hosts {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

const longest = 1024;
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const bracketed = /^\[([^\]]+)\]:(\d{1,5})$/;
const withPort = /^((?:[^:[\]]|\[[^\]]*\])*):(\d{1,5})$/;
const address = /^[\w.:[\]-]+$/u;
const looksLikeHost = (text: string): boolean =>
  address.test(text.replaceAll(/[\p{L}\p{N}]/gu, 'a')) && !/(?:^|\.)-|[-_](?:\.|$)/.test(text);

const splitPort = (pattern: string): { host: string; port: number | undefined } => {
  const found = bracketed.exec(pattern) ?? withPort.exec(pattern);
  if (!found || !looksLikeHost(found[1] as string)) return { host: pattern, port: undefined };
  return { host: found[1] as string, port: Number(found[2]) };
};

const whole = (text: string, what: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new BadPattern(`${what} of a host range must be a number or a letter`);
  return Number(text);
};

const stepOf = (text: string | undefined): number => {
  const step = text === undefined ? 1 : whole(text, 'the step');
  if (step === 0) throw new BadPattern('the step of a host range must not be zero');
  return step;
};

const isLetter = (text: string): boolean => /^[a-zA-Z]$/.test(text);

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly print: (value: number) => string;
}

const letterRange = (begin: string, end: string, step: number): Range => {
  const [from, to] = [letters.indexOf(begin), letters.indexOf(end)];
  if (from > to) throw new BadPattern('a host range must begin before it ends');
  return { from, to, step, print: (value) => letters[value] as string };
};

const numberRange = (begin: string, end: string, step: number): Range => {
  const width = begin.startsWith('0') && begin.length > 1 ? begin.length : 0;
  if (width > 0 && width !== end.length)
    throw new BadPattern('begin and end of a host range with leading zeros must be equally long');
  const [from, to] = [whole(begin, 'the begin'), whole(end, 'the end')];
  return { from, to, step, print: (value) => String(value).padStart(width, '0') };
};

const rangeOf = (text: string): Range => {
  const [begin = '', end = '', step, ...more] = text.split(':');
  if (more.length > 0 || !text.includes(':'))
    throw new BadPattern('a host range must be begin:end or begin:end:step');
  if (end === '') throw new BadPattern('a host range must have an end');
  const make = isLetter(begin) && isLetter(end) ? letterRange : numberRange;
  return make(begin || '0', end, stepOf(step));
};

/** The values of one range, such as `01:10:3` or `a:f`. */
const valuesOf = (text: string, most: number): string[] => {
  const { from, to, step, print } = rangeOf(text);
  if ((to - from) / step >= most) throw new BadPattern(`host ranges must not give more than ${most} hosts`);
  const values: string[] = [];
  for (let value = from; value <= to; value += step) values.push(print(value));
  return values;
};

const expand = (pattern: string, most: number): string[] => {
  let heads = [''];
  let rest = pattern;
  while (rest.includes('[')) {
    const open = rest.indexOf('[');
    const close = rest.indexOf(']', open);
    if (close < 0) throw new BadPattern('a host range is never closed');
    const head = rest.slice(0, open);
    const values = valuesOf(rest.slice(open + 1, close), Math.floor(most / Math.max(heads.length, 1)));
    heads = heads.flatMap((before) => values.map((value) => before + head + value));
    rest = rest.slice(close + 1);
  }
  return heads.map((head) => head + rest);
};

/** Host names that a pattern such as `db[01:20].example.com:2222` stands for, at most `most`, with the port. */
export const hostsOf = (pattern: string, most: number): Hosts => {
  if (pattern.length > longest) throw new BadPattern(`a host pattern is longer than ${longest} characters`);
  if (pattern === '---') throw new BadPattern('--- begins a YAML document, not a host');
  const { host, port } = splitPort(pattern);
  if (port === undefined && pattern.endsWith(':')) throw new BadPattern('a port must follow the colon');
  return { names: host.includes('[') ? expand(host, most) : [host], port };
};
