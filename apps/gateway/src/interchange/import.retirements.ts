import { isDevice } from '#libs/inventory/src/import.policy.js';
import { markedDevices } from '#libs/inventory/src/import-devices.policy.js';
import type { RegionTrial } from '#libs/inventory/src/import-trial.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ImportOptions } from './import.bodies.js';
import type { Entry, Result } from './import.plan.js';

/** Of devices with a mark: how many bear it, and how many of these the source no longer has. */
export interface Missing {
  readonly marked: number;
  readonly missing: number;
}

/** Of what was planned, in the regions that it was tried out on. */
export const missingOf = (entries: readonly Entry[], trials: Iterable<RegionTrial>): Missing => {
  const countOf = (wanted: Result) =>
    entries.filter((entry) => entry.result === wanted && isDevice(entry)).length;
  let marked = -countOf('created');
  for (const trial of trials) marked += markedDevices(trial);
  return { marked, missing: countOf('retired') };
};

const isWithin = ({ missing, marked }: Missing, most: string): boolean =>
  most.endsWith('%') ? missing * 100 <= marked * Number(most.slice(0, -1)) : missing <= Number(most);

/** Retired is for good, and half a file looks like a whole one: more than may go at once is refused, with what would allow it. */
export const refusedRetirements = (
  found: Missing,
  { managed_by: mark = '', most_missing: most }: ImportOptions,
): DomainError | undefined => {
  if (isWithin(found, most)) return undefined;
  const { missing, marked } = found;
  const would = `would retire ${missing} of the ${marked} devices that ${mark} brought`;
  const message = `${would}, more than ${most}: most_missing=${missing} allows it`;
  return new DomainError('illegal-state', `remove_missing ${message}`, {
    violations: [{ member: 'remove_missing', message }],
  });
};
