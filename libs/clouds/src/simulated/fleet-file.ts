import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FleetState } from './fleet.state.js';

const isFleet = (value: unknown): value is FleetState =>
  typeof value === 'object' &&
  value !== null &&
  (value as { fleet?: unknown }).fleet === 1 &&
  ['hosts', 'servers', 'migrations'].every((name) =>
    Array.isArray((value as Readonly<Record<string, unknown>>)[name]),
  );

/** Undefined when there is no such file; throws when it holds something else. */
export const readFleet = (path: string): FleetState | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isFleet(value)) throw new Error(`${path} does not hold a simulated fleet`);
  return value;
};

/** All or nothing, also when the process is killed or the power goes. */
export const writeFleet = (path: string, state: FleetState): void => {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(state));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
};
