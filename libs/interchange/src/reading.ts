import { isProblem, type Limits, type Read, type RowProblem } from './fleet-record.js';
import { readFleet, type FleetFormat } from './read-fleet.js';

/** For tests: all that a source holds, what could not be read included. */
export const read = (
  format: FleetFormat,
  source: string | Buffer,
  limits: Partial<Limits> = {},
): Promise<Read[]> => Array.fromAsync(readFleet(format, [Buffer.from(source as string)], { limits }));

export const problems = async (
  format: FleetFormat,
  source: string | Buffer,
  limits: Partial<Limits> = {},
): Promise<RowProblem[]> => (await read(format, source, limits)).filter(isProblem);

/** The problem of a source that has one; rejects for any other. */
export const only = async (
  format: FleetFormat,
  source: string | Buffer,
  limits: Partial<Limits> = {},
): Promise<RowProblem> => {
  const [first, ...more] = await problems(format, source, limits);
  if (first === undefined || more.length > 0) throw new Error('the source has not one problem');
  return first;
};

/** A row of NDJSON. */
export const host = (name: string): string => JSON.stringify({ kind: 'host', name });
