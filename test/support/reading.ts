import { isProblem, type Limits, type Read, type RowProblem } from '#libs/interchange/src/fleet-record.js';
import { readFleet, type FleetFormat } from '#libs/interchange/src/read-fleet.js';

/** All that a source holds, what could not be read included. */
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

/** The problem of a source that has one. */
export const only = async (
  format: FleetFormat,
  source: string | Buffer,
  limits: Partial<Limits> = {},
): Promise<RowProblem> => {
  const found = await problems(format, source, limits);
  expect(found).toHaveLength(1);
  return found[0] as RowProblem;
};

/** A row of NDJSON. */
export const host = (name: string): string => JSON.stringify({ kind: 'host', name });
