import type { Json } from '#libs/kernel/src/json.js';

/** What a scalar without quotes and tag means; undefined: a text. Numbers that JSON cannot hold stay the text they were. */
export type ScalarRules = (text: string) => Json | undefined;

const float = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

const integer = (value: number, text: string): number | undefined =>
  Number.isSafeInteger(value) || String(value) === text ? value : undefined;

const words12: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

const words11: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...words12,
  ...['yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

/** The core schema of YAML 1.2. */
export const yaml12: ScalarRules = (text) => {
  const word = words12.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return undefined;
  if (/^[-+]?\d+$/.test(text)) return integer(Number(text), text);
  if (/^0o[0-7]+$|^0x[\da-fA-F]+$/.test(text)) return integer(Number(text), text);
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text) ? float(Number(text)) : undefined;
};

const sexagesimal = (text: string): number | undefined => {
  const sign = text.startsWith('-') ? -1 : 1;
  const parts = text.replace(/^[-+]/, '').split(':');
  return float(sign * parts.reduce((sum, part) => sum * 60 + Number(part), 0));
};

const integer11 = (text: string): number | undefined => {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (/^0[0-7]+$/.test(digits)) return integer(sign * Number.parseInt(digits, 8), text);
  return integer(sign * Number(digits), text);
};

const forms11: readonly (readonly [RegExp, (text: string) => number | undefined])[] = [
  [/^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|0[0-7_]+|0|[1-9][\d_]*)$/, integer11],
  [/^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/, (text) => float(Number(text))],
  [/^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/, sexagesimal],
  [/^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/, sexagesimal],
];

/** YAML 1.1 as PyYAML, and so Ansible, reads it: `yes`, octal `0644`, `1_000`, `1:30`. Dates stay texts. */
export const yaml11: ScalarRules = (text) => {
  const word = words11.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return undefined;
  const form = forms11.find(([pattern]) => pattern.test(text));
  return form?.[1](text.replaceAll('_', ''));
};
