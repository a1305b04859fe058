import { ServiceRefused } from './openstack.errors.js';

/** Compute services have UUIDs since then. */
const OLDEST = 53;
/** Since then a failed action says in words why. */
const NEWEST = 84;

const minor = (version: unknown): number | undefined => {
  const digits = typeof version === 'string' ? /^2\.(\d+)$/.exec(version)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
};

/** The highest microversion that both know, out of Nova's version document; 2.53 to 2.84 are what we speak. */
export const negotiate = (document: unknown): string => {
  const version = (document as { version?: { version?: unknown; min_version?: unknown } } | undefined)
    ?.version;
  const highest = minor(version?.version);
  const lowest = minor(version?.min_version);
  if (highest === undefined || lowest === undefined)
    throw new ServiceRefused(406, 'the compute endpoint does not answer as Nova v2.1 does');
  if (highest < OLDEST || lowest > NEWEST)
    throw new ServiceRefused(
      406,
      `this Nova speaks 2.${lowest} to 2.${highest}, but microversion 2.${OLDEST} to 2.${NEWEST} is needed`,
    );
  return `2.${Math.min(highest, NEWEST)}`;
};
