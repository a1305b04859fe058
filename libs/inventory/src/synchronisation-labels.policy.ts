/** What the cloud told of where a host is; null is what it did not tell. */
export interface Whereabouts {
  readonly zone: string | null;
  readonly aggregates: readonly string[] | null;
}

const zonePrefix = 'nova:az=';
const aggregatePrefix = 'nova:aggregate=';
const longest = 255;
const mostLabels = 100;
const control = /\p{Cc}/u;

const isLabel = (label: string): boolean => label.length <= longest && !control.test(label);

/** The labels that say so; names that make no label are left out. */
export const labelsFor = ({ zone, aggregates }: Whereabouts): readonly string[] =>
  [
    ...(zone === null ? [] : [`${zonePrefix}${zone}`]),
    ...(aggregates ?? []).map((name) => `${aggregatePrefix}${name}`),
  ].filter(isLabel);

const isToldOf = (label: string, { zone, aggregates }: Whereabouts): boolean =>
  label.startsWith(zonePrefix) ? zone !== null : aggregates !== null;

/** Of the labels that the cloud once gave reason for, those that it has not taken back. */
export const stillSaid = (said: ReadonlySet<string>, now: Whereabouts): ReadonlySet<string> => {
  const current = labelsFor(now);
  return new Set([...current, ...[...said].filter((label) => !isToldOf(label, now))]);
};

export interface Labelling {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** For which the device has no room. */
  readonly refused: readonly string[];
}

/**
 * What becomes of a device's labels. `said` is what the cloud has told of it so far: only such labels are taken away, so that
 * those of people stay whatever they are called.
 */
export const relabelled = (
  labels: ReadonlySet<string>,
  said: ReadonlySet<string>,
  now: Whereabouts,
): Labelling => {
  const kept = stillSaid(said, now);
  const removed = [...said].filter((label) => !kept.has(label) && labels.has(label));
  const missing = labelsFor(now).filter((label) => !labels.has(label));
  const room = Math.max(0, mostLabels - (labels.size - removed.length));
  return { added: missing.slice(0, room), removed, refused: missing.slice(room) };
};
